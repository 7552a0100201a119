using System.Text.Json.Serialization;
using SharedKernel.Ui;

namespace Education.LearningRecords.Assessment;

/// <summary>The four levels of both học tập and rèn luyện: Chưa đạt, Đạt, Khá, Tốt, in rising order.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Level>))]
public enum Level
{
    Unsatisfactory,
    Satisfactory,
    Fair,
    Good,
}

/// <summary>What follows from a school year (Circular 22/2021, articles 12–14).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<YearOutcome>))]
public enum YearOutcome
{
    /// <summary>Được lên lớp.</summary>
    Promoted,

    /// <summary>Grade 9 or 12 finished: hoàn thành chương trình.</summary>
    CompletedProgramme,

    /// <summary>Kiểm tra, đánh giá lại môn học.</summary>
    Retest,

    /// <summary>Rèn luyện trong kì nghỉ hè.</summary>
    SummerConduct,

    /// <summary>Không được lên lớp.</summary>
    Repeats,

    /// <summary>Primary school: not completed; helped, assessed again, then the principal decides (Circular 27/2020, article 11).</summary>
    AwaitsDecision,
}

[JsonConverter(typeof(JsonStringEnumConverter<Award>))]
public enum Award
{
    None,

    /// <summary>Học sinh Giỏi.</summary>
    Good,

    /// <summary>Học sinh Xuất sắc.</summary>
    Excellent,

    /// <summary>Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện (Circular 27/2020, article 13).</summary>
    Outstanding,
}

public static class LevelWords
{
    /// <summary>The word of the circular, which stands in every document whatever the page's language.</summary>
    public static string Official(this Level level) =>
        level switch
        {
            Level.Good => "Tốt",
            Level.Fair => "Khá",
            Level.Satisfactory => "Đạt",
            _ => "Chưa đạt",
        };

    public static string Text(this Level level) =>
        T.Of(
            level.Official(),
            level switch
            {
                Level.Good => "Good",
                Level.Fair => "Fair",
                Level.Satisfactory => "Satisfactory",
                _ => "Unsatisfactory",
            }
        );

    public static string Official(this YearOutcome outcome) =>
        outcome switch
        {
            YearOutcome.Promoted => "Được lên lớp",
            YearOutcome.CompletedProgramme => "Hoàn thành chương trình",
            YearOutcome.Retest => "Kiểm tra, đánh giá lại",
            YearOutcome.SummerConduct => "Rèn luyện trong kì nghỉ hè",
            YearOutcome.AwaitsDecision => "Chưa hoàn thành, chờ quyết định",
            _ => "Không được lên lớp",
        };

    public static string Text(this YearOutcome outcome) =>
        T.Of(
            outcome.Official(),
            outcome switch
            {
                YearOutcome.Promoted => "Promoted",
                YearOutcome.CompletedProgramme => "Programme completed",
                YearOutcome.Retest => "Re-test",
                YearOutcome.SummerConduct => "Conduct training in the summer",
                YearOutcome.AwaitsDecision => "Not completed, to be decided",
                _ => "Repeats the grade",
            }
        );

    public static string? Official(this Award award) =>
        award switch
        {
            Award.Excellent => "Học sinh Xuất sắc",
            Award.Good => "Học sinh Giỏi",
            Award.Outstanding => "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện",
            _ => null,
        };

    public static string? Text(this Award award) =>
        award.Official() is { } official
            ? T.Of(
                official,
                award switch
                {
                    Award.Excellent => "Excellent pupil",
                    Award.Outstanding => "Outstanding pupil in learning and conduct",
                    _ => "Good pupil",
                }
            )
            : null;
}
