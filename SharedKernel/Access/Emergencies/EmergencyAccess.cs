using System.Text.Json.Serialization;
using SharedKernel.Contracts;

namespace SharedKernel.Access.Emergencies;

/// <summary>What a review found.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EmergencyVerdict>))]
public enum EmergencyVerdict
{
    Justified,
    NotJustified,
}

/// <summary>One opening of somebody's record in an emergency: who, whose, why, how long, and what became of it.</summary>
public sealed class EmergencyAccess
{
    public const int LongestText = 500;
    public const int LongestPatient = 64;

    public required Guid Id { get; init; }
    public required string Patient { get; init; }
    public required string Account { get; init; }
    public required string Name { get; init; }
    public string? Organisation { get; init; }
    public required EmergencyReason Reason { get; init; }
    public required string Text { get; init; }
    public required DateTimeOffset Opened { get; init; }
    public required DateTimeOffset Until { get; init; }

    /// <summary>Ended before its time.</summary>
    public DateTimeOffset? Closed { get; set; }

    public EmergencyVerdict? Verdict { get; set; }
    public string? ReviewNote { get; set; }

    /// <summary>Name of who reviewed it.</summary>
    public string? Reviewer { get; set; }

    public DateTimeOffset? Reviewed { get; set; }

    public DateTimeOffset Ends => Closed ?? Until;

    public bool IsOpen(DateTimeOffset now) => now < Ends;

    public Emergency ToEmergency() => new(Id, Patient, Account, Name, Organisation, Opened, Until);
}
