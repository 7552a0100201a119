using System.Text.Json.Serialization;

namespace SharedKernel.Contracts;

/// <summary>As FHIR's match-grade extension has them (http://hl7.org/fhir/R4/valueset-match-grade.html).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MatchGrade>))]
public enum MatchGrade
{
    CertainlyNot,
    Possible,
    Probable,
    Certain,
}

/// <summary>Somebody in the register who may be the person that was asked about.</summary>
/// <param name="Weight">Log2 odds that they are one person: 0 is as likely as not, 10 a thousand to one.</param>
/// <param name="Score">The same as a probability, 0 to 1.</param>
/// <param name="SamePersonalId">They have the same personal ID, which is not enough when name and birth date say otherwise.</param>
/// <param name="Reasons">One line a field, with its bits, in the reader's language.</param>
/// <param name="Doubts">Why a person has to decide, however high the weight.</param>
public sealed record PossibleMatch(
    Citizen Citizen,
    double Weight,
    double Score,
    MatchGrade Grade,
    bool SamePersonalId,
    IReadOnlyList<string> Reasons,
    IReadOnlyList<string> Doubts
);

/// <param name="Survivor">The record under which the person is known now.</param>
/// <param name="Replaced">Records that were found to be the same person; each can become a person of its own again.</param>
public sealed record CitizenRecords(CitizenId Survivor, IReadOnlyList<CitizenId> Replaced)
{
    public IEnumerable<CitizenId> All => [Survivor, .. Replaced];
}

/// <summary>Two records were found to be one person. Ask <see cref="ICitizens.RecordsOf"/> for what holds now: events come in any order.</summary>
public sealed record CitizensMerged(
    Guid EventId,
    DateTimeOffset OccurredAt,
    CitizenId Survivor,
    CitizenId Replaced
) : IEvent;

/// <summary>A merge was undone.</summary>
public sealed record CitizensUnmerged(
    Guid EventId,
    DateTimeOffset OccurredAt,
    CitizenId Survivor,
    CitizenId Separated
) : IEvent;

/// <summary>What is known of a person has changed: a correction, a new personal ID, a name for a newborn.</summary>
public sealed record CitizenCorrected(Guid EventId, DateTimeOffset OccurredAt, CitizenId Citizen)
    : IEvent;
