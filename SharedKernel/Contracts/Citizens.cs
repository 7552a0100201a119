using System.Text.Json.Serialization;

namespace SharedKernel.Contracts;

[JsonConverter(typeof(JsonStringEnumConverter<Sex>))]
public enum Sex
{
    Unknown,
    Male,
    Female,
}

/// <summary>What is known of a person, as one sector tells it.</summary>
/// <param name="FullName">As on the identity card: family, middle, given; any case and Unicode form is accepted.</param>
/// <param name="PersonalId">Số định danh cá nhân, 12 digits; null for a newborn, a foreigner or an unknown person.</param>
/// <param name="Ethnicity">Two-digit code (01 Kinh … 55 foreigner).</param>
/// <param name="CommuneCode">Five-digit code of the commune of residence, in force since 2025-07-01.</param>
/// <param name="OldIdentityNumber">Number of an identity card or a personal ID that no longer holds; the person is still found by it.</param>
public sealed record CitizenDetails(
    string FullName,
    PartialDate? BirthDate,
    Sex Sex,
    string? PersonalId = null,
    string? Phone = null,
    string? Address = null,
    string? CommuneCode = null,
    string? Ethnicity = null,
    string? InsuranceNumber = null,
    string? OldIdentityNumber = null
);

public sealed record Citizen(CitizenId Id, CitizenDetails Details);

/// <summary>
/// A warning never refuses: people correct their sex and birth year, and the state's number stays as it was issued.
/// </summary>
/// <param name="IsNew">False when the same person was registered before, by either sector.</param>
public sealed record CitizenRegistration(
    Citizen Citizen,
    bool IsNew,
    IReadOnlyList<string> Warnings
);

/// <summary>One person, one record, whichever sector registers first.</summary>
public interface ICitizens
{
    /// <summary>The details that the QR code of an identity card carries (<see cref="IdentityCard"/>); nothing is kept.</summary>
    /// <exception cref="InvalidInput">The text is not such a code: says in the reader's language what is wrong with it.</exception>
    CitizenDetails FromCard(string qr);

    /// <exception cref="InvalidInput">A field is wrong, such as a personal ID that is not 12 digits.</exception>
    Task<CitizenRegistration> Register(CitizenDetails details, CancellationToken cancel = default);

    /// <summary>Notes that a sector's record, such as <c>Student/0190…</c>, is about this person. Said twice, it stands once.</summary>
    /// <exception cref="Conflict">The record is linked to somebody else.</exception>
    Task Link(CitizenId id, string record, CancellationToken cancel = default);

    Task<Citizen?> Find(CitizenId id, CancellationToken cancel = default);

    Task<IReadOnlyDictionary<CitizenId, Citizen>> Find(
        IReadOnlyCollection<CitizenId> ids,
        CancellationToken cancel = default
    );

    Task<Citizen?> FindByPersonalId(string personalId, CancellationToken cancel = default);

    /// <summary>By name (with or without diacritics, any order of words) or by the start of a personal ID.</summary>
    Task<IReadOnlyList<Citizen>> Search(string text, int limit, CancellationToken cancel = default);
}

public sealed record CitizenRegistered(Guid EventId, DateTimeOffset OccurredAt, CitizenId Citizen)
    : IEvent;
