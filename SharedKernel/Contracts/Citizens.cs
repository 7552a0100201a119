namespace SharedKernel.Contracts;

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
public sealed record CitizenDetails(
    string FullName,
    PartialDate? BirthDate,
    Sex Sex,
    string? PersonalId = null,
    string? Phone = null,
    string? Address = null,
    string? CommuneCode = null,
    string? Ethnicity = null,
    string? InsuranceNumber = null
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
    /// <exception cref="InvalidInput">A field is wrong, such as a personal ID that is not 12 digits.</exception>
    Task<CitizenRegistration> Register(CitizenDetails details, CancellationToken cancel = default);

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
