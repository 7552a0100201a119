using System.Text.Json.Serialization;

namespace SharedKernel.Contracts;

[JsonConverter(typeof(JsonStringEnumConverter<IdentifierKind>))]
public enum IdentifierKind
{
    /// <summary>Số định danh cá nhân, 12 digits.</summary>
    PersonalId,

    /// <summary>
    /// The number of an earlier card as the person tells it: chứng minh nhân dân (9 digits, issued until 2021) or a cancelled
    /// personal ID. Told, not proven, so two people may tell the same.
    /// </summary>
    OldIdentityCard,

    /// <summary>Health insurance card or social insurance number, in any of its three living forms.</summary>
    Insurance,

    /// <summary>A passport, as printed in its machine-readable zone without fillers.</summary>
    Passport,

    /// <summary><c>TAM-…</c>, given by this register to who has no personal ID; never looks like one.</summary>
    Temporary,

    /// <summary>A personal ID that was told for this person but is another person's: found by it, never known by it.</summary>
    DisputedPersonalId,
}

/// <summary>A number by which a person is or was known.</summary>
/// <param name="Holds">False for one that was retired (FHIR Identifier.use <c>old</c>), or that another record of the person replaces.</param>
/// <param name="From">Since when the register knows it.</param>
/// <param name="To">When it was retired; null while it holds, or when that is not known.</param>
public sealed record CitizenNumber(
    IdentifierKind Kind,
    string Value,
    bool Holds,
    DateTimeOffset From,
    DateTimeOffset? To
);
