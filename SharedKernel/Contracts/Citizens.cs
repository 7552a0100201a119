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
/// <param name="CommuneCode">Five-digit code of the commune of residence, with its meaning on <paramref name="AddressAsOf"/>.</param>
/// <param name="OldIdentityNumber">Number of an identity card or a personal ID that no longer holds; the person is still found by it.</param>
/// <param name="Passport">Number of a passport, of a foreigner or of a citizen abroad.</param>
/// <param name="Temporary">Why there is no personal ID yet; such a person gets a number <c>TAM-…</c> until they have one.</param>
/// <param name="AddressAsOf">The day on which the address was written, which decides what the commune's code means; null for today.</param>
/// <param name="TemporaryNumber">Given by the register, never told.</param>
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
    string? OldIdentityNumber = null,
    string? Passport = null,
    TemporaryIdentity Temporary = TemporaryIdentity.None,
    DateOnly? AddressAsOf = null,
    string? TemporaryNumber = null
);

/// <summary>
/// Who a person is taken for before the state's number is known. What was told under it gives way to what is told later, and
/// the number <c>TAM-…</c> stays with the person as an old one.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<TemporaryIdentity>))]
public enum TemporaryIdentity
{
    None,

    /// <summary>A child without a name of its own yet: <c>Con bà Nguyễn Thị Lan</c>.</summary>
    Newborn,

    /// <summary>Nobody can say who this is.</summary>
    Unknown,

    /// <summary>Known by a passport.</summary>
    Foreigner,
}

public sealed record Citizen(CitizenId Id, CitizenDetails Details);

/// <summary>
/// A warning never refuses: people correct their sex and birth year, and the state's number stays as it was issued.
/// </summary>
/// <param name="IsNew">False when the same person was registered before, by either sector.</param>
/// <param name="Matches">Others who may be the same person, likeliest first; empty when the person was known by personal ID.</param>
public sealed record CitizenRegistration(
    Citizen Citizen,
    bool IsNew,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<PossibleMatch> Matches
);

/// <summary>One person, one record, whichever sector registers first.</summary>
public interface ICitizens
{
    /// <summary>The details that the QR code of an identity card carries (<see cref="IdentityCard"/>); nothing is kept.</summary>
    /// <exception cref="InvalidInput">The text is not such a code: says in the reader's language what is wrong with it.</exception>
    CitizenDetails FromCard(string qr);

    /// <summary>The commune that was typed or picked at a counter; null for an empty text.</summary>
    /// <exception cref="InvalidInput">No commune, or more than one, is called so (<c>communeCode</c>).</exception>
    CommuneOfResidence? ReadCommune(string? typed);

    /// <exception cref="InvalidInput">A field is wrong, such as a personal ID that is not 12 digits.</exception>
    Task<CitizenRegistration> Register(CitizenDetails details, CancellationToken cancel = default);

    /// <param name="source">Who told it: decides, with the date, what is shown where records disagree.</param>
    /// <param name="others">Lookalikes that the one who registers has judged to be other people; they are not asked about again.</param>
    /// <exception cref="InvalidInput">A field is wrong, such as a personal ID that is not 12 digits.</exception>
    Task<CitizenRegistration> Register(
        CitizenDetails details,
        FactSource source,
        IReadOnlyCollection<CitizenId> others,
        CancellationToken cancel = default
    );

    /// <summary>Who this could be, likeliest first: the same engine that finds doubles in the whole register. Nothing is kept.</summary>
    /// <param name="most">At most 50.</param>
    Task<IReadOnlyList<PossibleMatch>> Match(
        CitizenDetails details,
        int most,
        CancellationToken cancel = default
    );

    /// <summary>All records that are this person, whichever of them is asked about; null for an id that is nobody's.</summary>
    Task<CitizenRecords?> RecordsOf(CitizenId id, CancellationToken cancel = default);

    /// <summary>All numbers of a person, those in force first, then the latest; of a disputed one nothing is said.</summary>
    /// <exception cref="NotFound">There is no such person.</exception>
    Task<IReadOnlyList<CitizenNumber>> Numbers(CitizenId id, CancellationToken cancel = default);

    /// <summary>What is known of a person and who told it when, so that nobody has to type it again.</summary>
    Task<IReadOnlyList<CitizenFact>> Facts(CitizenId id, CancellationToken cancel = default);

    /// <summary>Notes who cares for a person. Said twice, it stands once.</summary>
    Task NoteGuardian(
        CitizenId ward,
        CitizenId guardian,
        FactSource source,
        CancellationToken cancel = default
    );

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
