using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Reading;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;

namespace Health.Fhir.Store.Reading;

/// <summary>
/// Puts the codes themselves in the place of <c>:in :not-in :above :below</c>, before a search takes a connection, and refuses full
/// text that is not kept.
/// </summary>
internal sealed class CodeClauses(
    ISearchTerminology? terminology,
    FindDefinitions find,
    FullText fullText,
    CancellationToken cancel
)
{
    public async Task<SearchRequest> Resolved(SearchRequest request)
    {
        var clauses = new List<SearchClause>(request.Clauses.Count);
        foreach (var clause in request.Clauses)
        {
            clauses.Add(await Resolved(clause));
        }
        return clauses.SequenceEqual(request.Clauses, ReferenceEqualityComparer.Instance)
            ? request
            : request with
            {
                Clauses = clauses,
            };
    }

    private async Task<SearchClause> Resolved(SearchClause clause)
    {
        switch (clause)
        {
            case AndClause and:
                return new AndClause(await All(and.All));
            case OrClause or:
                return new OrClause(await All(or.Any));
            case NotClause not:
                return new NotClause(await Resolved(not.Clause));
            case HasClause has:
                return has with { Clause = await Resolved(has.Clause) };
            case ChainClause chain:
            {
                var targets = await All([.. chain.AnyOf.Select(target => target.Clause)]);
                return chain with
                {
                    AnyOf =
                    [
                        .. chain.AnyOf.Zip(
                            targets,
                            (target, inner) => target with { Clause = inner }
                        ),
                    ],
                };
            }
            case ValueClause { Parameter.Type: SearchParamType.Special } words:
                return Kept(words);
            case ValueClause
            {
                Parameter.Type: SearchParamType.Token,
                Modifier: SearchModifier.In
                    or SearchModifier.NotIn
                    or SearchModifier.Above
                    or SearchModifier.Below
            } coded:
                return await Codes(coded);
            default:
                return clause;
        }
    }

    private async Task<List<SearchClause>> All(IReadOnlyList<SearchClause> clauses)
    {
        var all = new List<SearchClause>(clauses.Count);
        foreach (var clause in clauses)
        {
            all.Add(await Resolved(clause));
        }
        return all;
    }

    private async Task<SearchClause> Codes(ValueClause clause)
    {
        var codes = new HashSet<SearchTest>();
        foreach (var test in clause.AnyOf.Cast<TokenTest>())
        {
            codes.UnionWith(
                clause.Modifier is SearchModifier.In or SearchModifier.NotIn
                    ? await InValueSet(clause, test.Code!)
                    : await Related(clause, test)
            );
        }
        // Nothing is one of no codes.
        SearchClause any =
            codes.Count == 0
                ? new OrClause([])
                : clause with
                {
                    Modifier = SearchModifier.None,
                    AnyOf = [.. codes],
                };
        return clause.Modifier is SearchModifier.NotIn ? new NotClause(any) : any;
    }

    private async Task<IReadOnlyList<TokenTest>> InValueSet(ValueClause clause, string valueSet) =>
        await Terminology(clause).InValueSet(valueSet, find, cancel)
        ?? throw Wrong(clause, $"There is no value set '{valueSet}' here.");

    private async Task<IReadOnlyList<TokenTest>> Related(ValueClause clause, TokenTest test) =>
        test is { System: { Length: > 0 } system, Code: { } code }
            ? await Terminology(clause)
                .Related(system, code, clause.Modifier is SearchModifier.Below, find, cancel)
                ?? throw Wrong(clause, $"{system} has no code '{code}'.")
            : throw Wrong(clause, "Write the code with its system: system|code.");

    private ISearchTerminology Terminology(ValueClause clause) =>
        terminology ?? throw Wrong(clause, "Code systems and value sets are not known here.");

    private static InvalidInput Wrong(ValueClause clause, string reason) =>
        new(clause.Parameter.Code, reason);

    private ValueClause Kept(ValueClause words)
    {
        var needed = words.Parameter.Code switch
        {
            "_text" => FullText.Narrative,
            "_content" => FullText.Content,
            _ => FullText.None,
        };
        return fullText >= needed
            ? words
            : throw new InvalidInput(
                words.Parameter.Code,
                $"This server keeps no words for it; the setting Fhir:Reader:FullText={needed} would."
            );
    }
}
