namespace Health.Fhir.Terminology.Codes;

/// <summary>Whether a code is in a set. Unknown when the set rests on a code system that is not here.</summary>
public enum Membership
{
    No,
    Yes,
    Unknown,
}

/// <summary>How one code stands to another (https://hl7.org/fhir/R4/valueset-concept-subsumption-outcome.html).</summary>
public enum Subsumption
{
    NotSubsumed,
    Equivalent,
    Subsumes,
    SubsumedBy,
}

/// <summary>A code system that can be asked: either a list (<see cref="ConceptTable"/>) or a grammar (<see cref="GrammarSystem"/>).</summary>
public abstract class CodeSystem(string url)
{
    public string Url { get; } = url;
    public string? Version { get; init; }
    public string? Name { get; init; }
    public string? Title { get; init; }

    /// <summary>Language of the displays (BCP 47).</summary>
    public string? Language { get; init; }

    public bool CaseSensitive { get; init; } = true;

    /// <summary>False for a fragment or an example: a code that is not here may still be one.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>Null when it is no code of the system.</summary>
    public abstract Concept? Find(string code);

    public Subsumption Compare(Concept a, Concept b) =>
        a.Code == b.Code ? Subsumption.Equivalent
        : IsUnder(b, a) ? Subsumption.Subsumes
        : IsUnder(a, b) ? Subsumption.SubsumedBy
        : Subsumption.NotSubsumed;

    /// <summary>True when <paramref name="below"/> is a descendant of <paramref name="above"/>, by any way up.</summary>
    public static bool IsUnder(Concept below, Concept above)
    {
        foreach (var parent in below.Parents)
        {
            if (parent == above || IsUnder(parent, above))
            {
                return true;
            }
        }
        return false;
    }
}

/// <summary>A code system whose codes are built by rules, so that they can be checked but not listed.</summary>
public abstract class GrammarSystem(string url) : CodeSystem(url);
