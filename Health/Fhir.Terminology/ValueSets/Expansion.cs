namespace Health.Fhir.Terminology.ValueSets;

/// <summary>What of a value set is wanted (https://hl7.org/fhir/R4/valueset-operation-expand.html).</summary>
/// <param name="Filter">Beginnings of words of a code or a name, in any order, with or without accents; null for all.</param>
/// <param name="Count">Null: all of it, up to the limit of <see cref="Expansion"/>. Zero: only the total.</param>
public sealed record ExpansionRequest(
    string? Filter = null,
    int Offset = 0,
    int? Count = null,
    bool ActiveOnly = false
);

/// <param name="Total">Of all that match, before the page was cut.</param>
public sealed record Expansion(int Total, IReadOnlyList<ExpandedCode> Page)
{
    /// <summary>The most codes given at once.</summary>
    public const int MostCodes = 20_000;

    /// <exception cref="TerminologyRefusal">too-costly: more than <see cref="MostCodes"/>, or no end; not-found: a code system is not here.</exception>
    public static Expansion Of(ValueSet set, ExpansionRequest request)
    {
        var words = Codes.ConceptTable.WordsOf(request.Filter ?? "");
        if (request.Filter is { Length: > 0 } && words.Length == 0)
        {
            return new(0, []);
        }
        var all = set.Codes(words).Where(code => !request.ActiveOnly || !code.Concept.IsInactive);
        if (words.Length > 0)
        {
            var phrase = string.Concat(words);
            all = all.OrderBy(code => Rank(code, phrase));
        }
        var found = all.ToList();
        var page = found.Skip(request.Offset).Take(request.Count ?? int.MaxValue).ToList();
        return page.Count <= MostCodes
            ? new(found.Count, page)
            : throw new TerminologyRefusal(
                "too-costly",
                $"{set.Url} has {found.Count} codes; at most {MostCodes} are given at once. Ask for a page (offset, count) or filter it."
            );
    }

    /// <summary>A code typed whole, its beginning, the beginning of the name, the words together, the words apart.</summary>
    private static int Rank(ExpandedCode code, string phrase)
    {
        var length = code.Concept.Code.Length;
        if (phrase.AsSpan(1).CompareTo(code.Concept.Code, StringComparison.OrdinalIgnoreCase) == 0)
        {
            return 0;
        }
        // The text begins with the code, then comes the name.
        var at = code.Text.IndexOf(phrase, StringComparison.Ordinal);
        return at < 0 ? 4
            : at < length ? 1
            : at == length + 1 ? 2
            : 3;
    }
}
