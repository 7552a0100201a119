using System.Diagnostics.CodeAnalysis;

namespace SharedKernel.Contracts;

/// <summary>
/// A SMART on FHIR scope, version 2: <c>system/*.cruds</c>, <c>patient/Observation.rs?category=laboratory</c>. The words of
/// version 1 are read too: <c>.read</c> is <c>.rs</c>, <c>.write</c> is <c>.cud</c>, <c>.*</c> is <c>.cruds</c>
/// (https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html).
/// </summary>
/// <param name="Context">patient, user or system.</param>
/// <param name="Resource">A resource type, or <c>*</c>.</param>
/// <param name="Interactions">Some of c, r, u, d, s, in this order.</param>
/// <param name="Query">Search parameters that narrow it, without the question mark; null when there are none.</param>
public sealed record SmartScope(
    string Context,
    string Resource,
    string Interactions,
    string? Query = null
) : IParsable<SmartScope>
{
    private const string AllInteractions = "cruds";

    public bool Allows(string resourceType, char interaction) =>
        (Resource == "*" || Resource == resourceType) && Interactions.Contains(interaction);

    /// <summary>Whether whoever may have this scope may also have the other one.</summary>
    public bool Covers(SmartScope other) =>
        Context == other.Context
        && (Resource == "*" || Resource == other.Resource)
        && other.Interactions.All(Interactions.Contains)
        && (Query is null || Query == other.Query);

    public static SmartScope Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var scope)
            ? scope
            : throw new FormatException($"'{s}' is not a SMART scope such as system/Patient.rs.");

    public static bool TryParse(
        [NotNullWhen(true)] string? s,
        IFormatProvider? provider,
        [MaybeNullWhen(false)] out SmartScope result
    )
    {
        result = null;
        if (
            s?.Split('/', 2) is not [("patient" or "user" or "system") and var context, var rest]
            || rest.Split('?', 2) is not [var what, ..] parts
            || what.Split('.') is not [var resource, var letters]
            || (resource != "*" && !resource.All(char.IsAsciiLetter))
            || resource.Length == 0
        )
        {
            return false;
        }
        letters = letters switch
        {
            "read" => "rs",
            "write" => "cud",
            "*" => AllInteractions,
            _ => letters,
        };
        var inOrder = AllInteractions.Where(letters.Contains).ToArray();
        if (letters.Length == 0 || new string(inOrder) != letters)
        {
            return false;
        }
        result = new(context, resource, letters, parts.Length > 1 ? parts[1] : null);
        return true;
    }

    public override string ToString() =>
        $"{Context}/{Resource}.{Interactions}{(Query is null ? "" : "?" + Query)}";
}
