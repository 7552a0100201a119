using System.Text.Json.Serialization;

namespace SharedKernel.Contracts;

[JsonConverter(typeof(JsonStringEnumConverter<CitizenField>))]
public enum CitizenField
{
    Name,
    BirthDate,
    Sex,
    Phone,

    /// <summary>Commune and street together: half of an old address with half of a new one is nobody's.</summary>
    Residence,
    Ethnicity,

    /// <summary>Parents and others who care for the person.</summary>
    Guardian,
}

/// <summary>Who told it, in rising order of what counts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FactSource>))]
public enum FactSource
{
    /// <summary>A stand-in, such as "con bà Lan" for a newborn: gives way to everything.</summary>
    Temporary,

    /// <summary>Told at the register's own counter.</summary>
    Register,
    Health,
    Education,

    /// <summary>Read from the QR code of an identity card.</summary>
    IdentityCard,

    /// <summary>Put right by staff who saw a paper.</summary>
    Correction,
}

/// <param name="Value">As shown to people.</param>
/// <param name="Organisation">Facility or school where it was told; null when not at one.</param>
/// <param name="Holds">False for what something else has replaced.</param>
/// <param name="Person">Of a guardian: who it is; null for every other field.</param>
public sealed record CitizenFact(
    CitizenField Field,
    string Value,
    FactSource Source,
    string? Organisation,
    DateTimeOffset At,
    bool Holds,
    CitizenId? Person = null
);
