using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Reading;
using Health.Fhir.Search.Values;
using Health.Fhir.Store;
using Hl7.Fhir.Model;

namespace Health.Fhir.Subscriptions.Matching;

/// <summary>
/// One version of a resource, taken apart once, against any number of queries, without asking the database. What needs other resources
/// (chains, <c>_has</c>, lists, value sets, hierarchies) it does not decide.
/// </summary>
internal sealed class VersionMatch : IDisposable
{
    private readonly StoredResource version;
    private readonly IndexedResource index;
    private readonly ILookup<SearchParameterInfo, IIndexRow> rows;

    public VersionMatch(StoredResource version, ResourceReader reader)
    {
        this.version = version;
        index = reader.Read(version.Body);
        index.AssignId(version.Id);
        rows = Rows().ToLookup(row => row.Parameter);
    }

    /// <summary>Whether the version meets this: null where only the database can tell.</summary>
    public bool? Holds(SearchClause clause) =>
        clause switch
        {
            AndClause and => All(and.All),
            OrClause or => Not(All(or.Any.Select(one => (SearchClause)new NotClause(one)))),
            NotClause not => Not(Holds(not.Clause)),
            IdClause ids => ids.AnyOf.Contains(version.Id),
            LastUpdatedClause updated => updated.AnyOf.Any(test =>
                ValueMatch.Holds(
                    test,
                    new(version.LastUpdated.UtcTicks, version.LastUpdated.UtcTicks)
                )
            ),
            MissingClause missing => missing.Missing == !rows.Contains(missing.Parameter),
            CompartmentClause compartment => IsIn(compartment),
            ValueClause value when IsWritten(value) => value.AnyOf.Any(test =>
                rows[value.Parameter].Any(row => ValueMatch.Passes(row, test, value.Modifier))
            ),
            _ => null,
        };

    public void Dispose() => index.Dispose();

    private bool? All(IEnumerable<SearchClause> clauses)
    {
        bool? all = true;
        foreach (var clause in clauses)
        {
            switch (Holds(clause))
            {
                case false:
                    return false;
                case null:
                    all = null;
                    break;
            }
        }
        return all;
    }

    private static bool? Not(bool? holds) => holds is { } known ? !known : null;

    /// <summary>All that it takes stands in the resource.</summary>
    private static bool IsWritten(ValueClause clause) =>
        clause.Parameter.Type is not SearchParamType.Special
            && clause.Modifier
                is not (
                    SearchModifier.In
                    or SearchModifier.NotIn
                    or SearchModifier.Above
                    or SearchModifier.Below
                )
        || (
            clause.Parameter.Type is SearchParamType.Uri
            && clause.Modifier is SearchModifier.Above or SearchModifier.Below
        );

    private bool IsIn(CompartmentClause compartment) =>
        (version.Type == compartment.CompartmentType && version.Id == compartment.Id)
        || compartment.ByAnyOf.Any(parameter =>
            rows[parameter]
                .OfType<ReferenceIndex>()
                .Any(row =>
                    row.Kind is ReferenceKind.Local
                    && row.TargetType == compartment.CompartmentType
                    && row.TargetId == compartment.Id
                )
        );

    private IEnumerable<IIndexRow> Rows() =>
        index
            .Strings.Cast<IIndexRow>()
            .Concat(index.Tokens.Cast<IIndexRow>())
            .Concat(index.IdentifierTypes.Cast<IIndexRow>())
            .Concat(index.Dates.Cast<IIndexRow>())
            .Concat(index.Numbers.Cast<IIndexRow>())
            .Concat(index.Quantities.Cast<IIndexRow>())
            .Concat(index.References.Cast<IIndexRow>())
            .Concat(index.Uris.Cast<IIndexRow>())
            .Concat(index.Composites.Cast<IIndexRow>());
}
