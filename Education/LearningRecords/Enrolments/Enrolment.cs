using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Education.LearningRecords.Enrolments;

/// <summary>Trạng thái học sinh, codes 01–12 of the ministry's database.</summary>
public enum EnrolmentStatus
{
    Studying = 1,
    ArrivedInTerm1 = 2,
    ReturnedInTerm1 = 3,
    TransferredOutInTerm1 = 4,
    LeftInTerm1 = 5,
    ArrivedInTerm2 = 6,
    ReturnedInTerm2 = 7,
    TransferredOutInTerm2 = 8,
    LeftInTerm2 = 9,
    ArrivedInSummer = 10,
    TransferredOutInSummer = 11,
    LeftInSummer = 12,
}

/// <summary>
/// One status of one pupil in one class, from a day until a day. A change closes a row and adds the next: the history of
/// transfers and returns is the table itself.
/// </summary>
public sealed class Enrolment
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required CitizenId StudentId { get; init; }
    public required string SchoolCode { get; init; }
    public required int Year { get; init; }
    public required Guid ClassId { get; init; }
    public required EnrolmentStatus Status { get; init; }

    /// <summary>Whether the status counts as being at school; kept beside it so that queries need no list of codes.</summary>
    public bool Present { get; private set; }
    public required DateOnly From { get; init; }

    /// <summary>Last day on which it held; null while it holds.</summary>
    public DateOnly? Until { get; set; }
    public string? Reason { get; init; }

    /// <summary>The passage into this year that made the row; null when a person enrolled the pupil.</summary>
    public Guid? RollOverId { get; init; }

    /// <summary>When the row was taken back; it never held, and nothing but its own history shows it.</summary>
    public DateTimeOffset? UndoneAt { get; set; }
    public string? UndoneBy { get; set; }

    /// <summary>Takes the row back; the caller reopens what it had replaced.</summary>
    public void Undo(DateTimeOffset at, string by)
    {
        UndoneAt = at;
        UndoneBy = by;
        Until ??= From;
    }

    public static Enrolment Of(
        CitizenId student,
        Schools.SchoolClass schoolClass,
        EnrolmentStatus status,
        DateOnly from,
        string? reason = null,
        Guid? rollOver = null
    ) =>
        new()
        {
            StudentId = student,
            SchoolCode = schoolClass.SchoolCode,
            Year = schoolClass.Year,
            ClassId = schoolClass.Id,
            Status = status,
            Present = status.IsPresent(),
            From = from,
            Reason = reason,
            RollOverId = rollOver,
        };

    /// <summary>Closes the row that held, if any, and adds the next; in two steps, since the one open row is unique in the database.</summary>
    public static async Task Replace(
        LearningRecordsDb db,
        Enrolment? open,
        Enrolment next,
        CancellationToken cancel
    )
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (open is not null)
        {
            open.Until = next.From.AddDays(-1);
            await db.SaveChangesAsync(cancel);
        }
        db.Enrolments.Add(next);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }
}

public static class EnrolmentStatuses
{
    /// <summary>Counted as a pupil of the school: 01, 02, 03, 06, 07, 10.</summary>
    public static bool IsPresent(this EnrolmentStatus status) =>
        status
            is EnrolmentStatus.Studying
                or EnrolmentStatus.ArrivedInTerm1
                or EnrolmentStatus.ReturnedInTerm1
                or EnrolmentStatus.ArrivedInTerm2
                or EnrolmentStatus.ReturnedInTerm2
                or EnrolmentStatus.ArrivedInSummer;

    /// <summary>As the ministry's database names it, under its two-digit code.</summary>
    public static string Text(this EnrolmentStatus status) =>
        status switch
        {
            EnrolmentStatus.Studying => T.Of("Đang học", "Studying"),
            EnrolmentStatus.ArrivedInTerm1 => T.Of("Chuyển đến kì 1", "Transferred in, term 1"),
            EnrolmentStatus.ReturnedInTerm1 => T.Of("Học lại kì 1", "Returned, term 1"),
            EnrolmentStatus.TransferredOutInTerm1 => T.Of(
                "Chuyển đi kì 1",
                "Transferred out, term 1"
            ),
            EnrolmentStatus.LeftInTerm1 => T.Of("Thôi học kì 1", "Left, term 1"),
            EnrolmentStatus.ArrivedInTerm2 => T.Of("Chuyển đến kì 2", "Transferred in, term 2"),
            EnrolmentStatus.ReturnedInTerm2 => T.Of("Học lại kì 2", "Returned, term 2"),
            EnrolmentStatus.TransferredOutInTerm2 => T.Of(
                "Chuyển đi kì 2",
                "Transferred out, term 2"
            ),
            EnrolmentStatus.LeftInTerm2 => T.Of("Thôi học kì 2", "Left, term 2"),
            EnrolmentStatus.ArrivedInSummer => T.Of(
                "Chuyển đến trong hè",
                "Transferred in, summer"
            ),
            EnrolmentStatus.TransferredOutInSummer => T.Of(
                "Chuyển đi trong hè",
                "Transferred out, summer"
            ),
            _ => T.Of("Thôi học trong hè", "Left, summer"),
        };
}
