using Health.Fhir.Terminology.Codes;

namespace Health.Fhir.Terminology.ValueSets;

/// <summary>A ValueSet with all that it rests on found (https://hl7.org/fhir/R4/valueset.html#compositions).</summary>
public sealed class ValueSet
{
    public required string Url { get; init; }
    public string? Version { get; init; }
    public string? Name { get; init; }
    public string? Title { get; init; }
    internal IReadOnlyList<ValueSetPart> Include { get; init; } = [];
    internal IReadOnlyList<ValueSetPart> Exclude { get; init; } = [];

    /// <summary>Whether the set has the code; with <paramref name="system"/> null, in any of its systems.</summary>
    public Membership Contains(string? system, string code)
    {
        var found = Any(Include, system, code);
        return found is Membership.No
            ? Membership.No
            : Any(Exclude, system, code) switch
            {
                Membership.Yes => Membership.No,
                Membership.Unknown => Membership.Unknown,
                _ => found,
            };
    }

    /// <summary>The concept as the set has it (its own display first); null when it has none to show.</summary>
    public ExpandedCode? Find(string? system, string code) =>
        Include.Select(part => part.Find(system, code)).FirstOrDefault(found => found is not null);

    /// <summary>Systems that its parts name and that are not here.</summary>
    public IEnumerable<string> MissingSystems =>
        Include.Concat(Exclude).SelectMany(part => part.MissingSystems).Distinct();

    /// <summary>Its codes in the order of its parts, each once.</summary>
    /// <exception cref="TerminologyRefusal">A part cannot be listed.</exception>
    internal IEnumerable<ExpandedCode> Codes(string[] words)
    {
        var seen = Include.Count > 1 ? new HashSet<(string, string)>() : null;
        foreach (var part in Include)
        {
            foreach (var code in part.Codes(words))
            {
                if (
                    (seen is null || seen.Add((code.System, code.Concept.Code)))
                    && Any(Exclude, code.System, code.Concept.Code) is not Membership.Yes
                )
                {
                    yield return code;
                }
            }
        }
    }

    private static Membership Any(IReadOnlyList<ValueSetPart> parts, string? system, string code)
    {
        var answer = Membership.No;
        foreach (var part in parts)
        {
            switch (part.Contains(system, code))
            {
                case Membership.Yes:
                    return Membership.Yes;
                case Membership.Unknown:
                    answer = Membership.Unknown;
                    break;
            }
        }
        return answer;
    }
}

/// <param name="Concept">With the display that the value set gives, where it gives one.</param>
public sealed record ExpandedCode(string System, CodeSystem? Of, Concept Concept)
{
    /// <summary>Code and names without accents, as words were looked for in them.</summary>
    internal string Text =>
        Of is ConceptTable table ? table.TextAt(Concept) : ConceptTable.TextOf(Concept);
}
