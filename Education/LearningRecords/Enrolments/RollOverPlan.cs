using System.Text.Json.Serialization;

namespace Education.LearningRecords.Enrolments;

/// <summary>Where the passage into the next year brings a pupil.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RollOverMove>))]
public enum RollOverMove
{
    GoesUp,
    Repeats,

    /// <summary>The school's last grade, or the programme, is completed: the pupil goes to a school of the next level.</summary>
    Completes,

    /// <summary>Transferred out or left within the year.</summary>
    Left,

    /// <summary>Marks are missing, or a re-test, summer training or a decision is still to come: stays until the passage is run again.</summary>
    Waits,

    /// <summary>Is enrolled for the next year already, here or elsewhere.</summary>
    AlreadyThere,
}

/// <param name="From">Name of the class that the pupil is in.</param>
/// <param name="To">Name of the class of the next year; null when the pupil gets none.</param>
public sealed record RollOverPupil(
    Guid Student,
    string Code,
    string Name,
    Guid FromClass,
    string From,
    RollOverMove Move,
    string? To,
    string? Why
);

/// <param name="NextName">Name of the class that its pupils go up to.</param>
/// <param name="Exists">It is open already.</param>
public sealed record RollOverClass(
    Guid Class,
    string Name,
    int Grade,
    string? NextName,
    bool Exists
);

/// <param name="PlanKnown">The next school year has its dates; otherwise it gets this year's, a year later.</param>
/// <param name="Begun">The next year has begun: nothing is undone any more.</param>
/// <param name="Done">The passage that was run and not undone; null when none was.</param>
public sealed record RollOverPlan(
    string School,
    string SchoolName,
    int Year,
    bool PlanKnown,
    DateOnly NextYearStarts,
    bool Begun,
    RollOverDone? Done,
    IReadOnlyList<RollOverClass> Classes,
    IReadOnlyList<RollOverPupil> Pupils
)
{
    public int Count(RollOverMove move) => Pupils.Count(pupil => pupil.Move == move);

    public IEnumerable<RollOverPupil> Moving =>
        Pupils.Where(pupil => pupil.Move is RollOverMove.GoesUp or RollOverMove.Repeats);
}

public sealed record RollOverDone(DateTimeOffset At, string By, int Pupils);

/// <param name="Names">Name of the next year's class by the id of this year's; what is not named keeps the letter: 6A becomes 7A.</param>
public sealed record RollOverRequest(IReadOnlyDictionary<Guid, string>? Names = null);
