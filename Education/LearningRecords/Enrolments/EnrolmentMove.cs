using System.Text.Json.Serialization;
using Education.LearningRecords.Schools;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Ui;

namespace Education.LearningRecords.Enrolments;

/// <summary>What happens to a pupil, as people say it; with the day it makes one of the codes 01–12.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EnrolmentMove>))]
public enum EnrolmentMove
{
    /// <summary>To another class of the school.</summary>
    ChangeClass,

    /// <summary>Chuyển đến: from another school.</summary>
    Arrive,

    /// <summary>Chuyển đi: to another school.</summary>
    TransferOut,

    /// <summary>Thôi học.</summary>
    Leave,

    /// <summary>Học lại: back after having left within the year.</summary>
    Return,
}

/// <summary>The part of the year that a day lies in, which the codes tell apart.</summary>
public enum YearPeriod
{
    Term1,
    Term2,
    Summer,
}

public static class EnrolmentMoves
{
    public static string Text(this EnrolmentMove move) =>
        move switch
        {
            EnrolmentMove.ChangeClass => T.Of("Chuyển lớp", "Change class"),
            EnrolmentMove.Arrive => T.Of("Chuyển đến", "Transfer in"),
            EnrolmentMove.TransferOut => T.Of(
                "Chuyển đi trường khác",
                "Transfer to another school"
            ),
            EnrolmentMove.Leave => T.Of("Thôi học", "Leave school"),
            _ => T.Of("Học lại", "Return"),
        };

    /// <summary>The ministry's code. There is none for returning in the summer: it counts to term 2 of the year that ends.</summary>
    public static EnrolmentStatus In(this EnrolmentMove move, YearPeriod period) =>
        (move, period) switch
        {
            (EnrolmentMove.Arrive, YearPeriod.Term1) => EnrolmentStatus.ArrivedInTerm1,
            (EnrolmentMove.Arrive, YearPeriod.Term2) => EnrolmentStatus.ArrivedInTerm2,
            (EnrolmentMove.Arrive, _) => EnrolmentStatus.ArrivedInSummer,
            (EnrolmentMove.TransferOut, YearPeriod.Term1) => EnrolmentStatus.TransferredOutInTerm1,
            (EnrolmentMove.TransferOut, YearPeriod.Term2) => EnrolmentStatus.TransferredOutInTerm2,
            (EnrolmentMove.TransferOut, _) => EnrolmentStatus.TransferredOutInSummer,
            (EnrolmentMove.Leave, YearPeriod.Term1) => EnrolmentStatus.LeftInTerm1,
            (EnrolmentMove.Leave, YearPeriod.Term2) => EnrolmentStatus.LeftInTerm2,
            (EnrolmentMove.Leave, _) => EnrolmentStatus.LeftInSummer,
            (EnrolmentMove.Return, YearPeriod.Term1) => EnrolmentStatus.ReturnedInTerm1,
            (EnrolmentMove.Return, _) => EnrolmentStatus.ReturnedInTerm2,
            _ => EnrolmentStatus.Studying,
        };

    /// <summary>By the terms of the class's school; before the year begins is still the summer.</summary>
    public static async Task<YearPeriod> PeriodOf(
        this LearningRecordsDb db,
        SchoolClass schoolClass,
        DateOnly day,
        CancellationToken cancel = default
    )
    {
        var terms = await db
            .Terms.Where(term =>
                term.SchoolCode == schoolClass.SchoolCode && term.Year == schoolClass.Year
            )
            .OrderBy(term => term.Number)
            .ToListAsync(cancel);
        return terms switch
        {
            [var first, ..] when day < first.Starts => YearPeriod.Summer,
            [var first, ..] when day <= first.Ends => YearPeriod.Term1,
            [_, var second] when day <= second.Ends => YearPeriod.Term2,
            _ => YearPeriod.Summer,
        };
    }
}
