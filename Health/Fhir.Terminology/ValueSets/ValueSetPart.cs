using Health.Fhir.Terminology.Codes;

namespace Health.Fhir.Terminology.ValueSets;

/// <summary>One <c>compose.include</c> or <c>compose.exclude</c>: all its conditions hold together.</summary>
/// <param name="System">Null when the part only imports.</param>
/// <param name="Of">The code system; null when it is not here.</param>
/// <param name="Listed">The codes named one by one, by code; null when none are.</param>
internal sealed record ValueSetPart(
    string? System,
    CodeSystem? Of,
    IReadOnlyDictionary<string, Concept>? Listed,
    IReadOnlyList<ConceptFilter> Filters,
    IReadOnlyList<ValueSet> Imports
)
{
    public IEnumerable<string> MissingSystems =>
        (
            System is not null && Of is null && Listed is null ? [System] : Array.Empty<string>()
        ).Concat(Imports.SelectMany(import => import.MissingSystems));

    public Membership Contains(string? system, string code)
    {
        var answer = Own(system, code);
        foreach (var import in Imports)
        {
            if (answer is Membership.No)
            {
                return Membership.No;
            }
            answer = import.Contains(system, code) switch
            {
                Membership.No => Membership.No,
                Membership.Unknown => Membership.Unknown,
                _ => answer,
            };
        }
        return answer;
    }

    public ExpandedCode? Find(string? system, string code)
    {
        if (Contains(system, code) is not Membership.Yes)
        {
            return null;
        }
        if (System is null)
        {
            return Imports
                .Select(import => import.Find(system, code))
                .FirstOrDefault(found => found is not null);
        }
        var concept = Listed?.GetValueOrDefault(code) ?? Of?.Find(code);
        return concept is null ? null : new(System, Of, concept);
    }

    /// <summary>The codes whose names have all the words; see <see cref="ConceptTable.WordsOf"/>.</summary>
    public IEnumerable<ExpandedCode> Codes(string[] words)
    {
        if (System is null)
        {
            return Imports.Count == 0
                ? []
                : Imports[0]
                    .Codes(words)
                    .Where(code =>
                        Imports
                            .Skip(1)
                            .All(import =>
                                import.Contains(code.System, code.Concept.Code) is Membership.Yes
                            )
                    );
        }
        return Concepts(words)
            .Where(concept =>
                Imports.All(import => import.Contains(System, concept.Code) is Membership.Yes)
            )
            .Select(concept => new ExpandedCode(System, Of, concept));
    }

    private IEnumerable<Concept> Concepts(string[] words)
    {
        if (Listed is not null)
        {
            return words.Length == 0
                ? Listed.Values
                : Listed.Values.Where(concept =>
                    ConceptTable.TextOf(concept) is var text
                    && words.All(word => text.Contains(word, StringComparison.Ordinal))
                );
        }
        return Of switch
        {
            ConceptTable table => Matching(table, words),
            null => throw new TerminologyRefusal(
                "not-found",
                $"The code system {System} is not here, so what rests on it cannot be listed. Store it as a CodeSystem."
            ),
            _ => throw new TerminologyRefusal(
                "too-costly",
                $"The codes of {System} are built by a grammar and have no end: they can be validated, not listed."
            ),
        };
    }

    private IEnumerable<Concept> Matching(ConceptTable table, string[] words)
    {
        foreach (var concept in table.Concepts)
        {
            if (table.Matches(concept, words) && Passes(concept, table))
            {
                yield return concept;
            }
        }
    }

    private Membership Own(string? system, string code)
    {
        if (System is null)
        {
            return Membership.Yes;
        }
        if (system is not null && system != System)
        {
            return Membership.No;
        }
        if (Listed is not null)
        {
            return Listed.ContainsKey(code) ? Membership.Yes : Membership.No;
        }
        if (Of is null || Of is not ConceptTable && Filters.Count > 0)
        {
            return Membership.Unknown;
        }
        var concept = Of.Find(code);
        if (concept is null)
        {
            return Of.IsComplete ? Membership.No : Membership.Unknown;
        }
        return Of is not ConceptTable table || Passes(concept, table)
            ? Membership.Yes
            : Membership.No;
    }

    private bool Passes(Concept concept, ConceptTable table)
    {
        foreach (var filter in Filters)
        {
            if (!filter.Holds(concept, table))
            {
                return false;
            }
        }
        return true;
    }
}
