using Health.Fhir.Terminology.ValueSets;

namespace Health.Fhir.Terminology.Codes;

/// <summary>A code as it was given (https://hl7.org/fhir/R4/datatypes.html#Coding).</summary>
public sealed record GivenCode(
    string? System,
    string Code,
    string? Version = null,
    string? Display = null
)
{
    public override string ToString() => $"{System}|{Code}";
}

/// <summary>Whether a code may stand where a value set or code system is asked for, and why not.</summary>
/// <param name="Message">Null when all is well.</param>
/// <param name="Display">The name that the code should be shown by; null when none is known.</param>
public sealed record CodeCheck(Membership Result, string? Message, string? Display, GivenCode Given)
{
    public static CodeCheck In(
        ValueSet set,
        GivenCode given,
        string? language,
        bool allowAbstract = true
    )
    {
        var result = set.Contains(given.System, given.Code);
        if (result is Membership.Unknown)
        {
            return new(
                result,
                $"Whether {set.Url} has {given} cannot be told: {string.Join(", ", set.MissingSystems.DefaultIfEmpty("the code system"))} is not here in full. Store it as a CodeSystem.",
                null,
                given
            );
        }
        return result is Membership.No
            ? new(result, $"{given} is not in the value set {set.Url}.", null, given)
            : Named(set.Find(given.System, given.Code), given, language, allowAbstract);
    }

    public static CodeCheck In(
        CodeSystem system,
        GivenCode given,
        string? language,
        bool allowAbstract = true
    )
    {
        if (system.Find(given.Code) is { } concept)
        {
            return Named(new(system.Url, system, concept), given, language, allowAbstract);
        }
        return system.IsComplete
            ? new(Membership.No, $"{system.Url} has no code '{given.Code}'.", null, given)
            : new(
                Membership.Unknown,
                $"Whether {system.Url} has the code '{given.Code}' cannot be told: only a part of it is here.",
                null,
                given
            );
    }

    private static CodeCheck Named(
        ExpandedCode? found,
        GivenCode given,
        string? language,
        bool allowAbstract
    )
    {
        if (found is null)
        {
            return new(Membership.Yes, null, null, given);
        }
        var display = found.Concept.DisplayIn(language, found.Of?.Language);
        var full = given with { System = found.System };
        if (!allowAbstract && found.Concept.IsAbstract)
        {
            return new(
                Membership.No,
                $"{full} only groups others and is not to be chosen.",
                display,
                full
            );
        }
        return
            given.Display is { } name
            && !IsNameOf(found.Concept, name)
            && found.Concept.Display is not null
            ? new(
                Membership.No,
                $"'{name}' is no name of {full}; it is '{display}'.",
                display,
                full
            )
            : new(Membership.Yes, null, display, full);
    }

    /// <summary>Whatever its case and spaces.</summary>
    private static bool IsNameOf(Concept concept, string name) =>
        concept
            .Designations.Select(designation => designation.Value)
            .Append(concept.Display ?? "")
            .Any(known =>
                string.Equals(Even(known), Even(name), StringComparison.OrdinalIgnoreCase)
            );

    private static string Even(string name) =>
        string.Join(' ', name.Normalize().Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
