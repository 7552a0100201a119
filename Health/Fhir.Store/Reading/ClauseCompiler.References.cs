using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store.Place;
using Health.Fhir.Store.Rows;
using static Health.Fhir.Store.Reading.Sql;

namespace Health.Fhir.Store.Reading;

// References, up and down their trees, and uris.
internal sealed partial class ClauseCompiler
{
    private const int MostInHierarchy = 10_000;

    private async Task<string> ReferenceCondition(ValueClause clause, string row)
    {
        var tests = new List<string>();
        foreach (var test in clause.AnyOf)
        {
            tests.Add(
                test switch
                {
                    ReferenceTest { Id: { } id } local => await LocalTest(
                        local,
                        id,
                        clause.Modifier,
                        row
                    ),
                    ReferenceTest { Url: { } url } elsewhere => And(
                        await UrlTest(url, clause.Modifier, $"{row}.target"),
                        VersionTest(elsewhere.Version, row)
                    ),
                    UriTest uri => await UrlTest(uri.Uri, clause.Modifier, $"{row}.target"),
                    _ => throw Unsupported(clause),
                }
            );
        }
        return Or(tests);
    }

    private async Task<string> LocalTest(
        ReferenceTest test,
        string id,
        SearchModifier modifier,
        string row
    )
    {
        var targets = await TargetKeys([.. test.TargetTypes.Select(type => (type, id))]);
        if (modifier is SearchModifier.Above or SearchModifier.Below)
        {
            targets = await Hierarchy(targets, modifier is SearchModifier.Below);
        }
        return targets.Count == 0
            ? Never
            : And($"{row}.target {sql.OneOf(targets)}", VersionTest(test.Version, row));
    }

    /// <summary>
    /// These resources and all below (or above) them by the references that make their type a tree: https://hl7.org/fhir/R4/search.html#recursive.
    /// </summary>
    private async Task<List<long>> Hierarchy(List<long> from, bool below)
    {
        var all = new HashSet<long>(from);
        foreach (var type in from.Select(Key.TypeOf).Distinct())
        {
            if (
                model
                    .ParametersOf(Key.NameOf(type))
                    .FirstOrDefault(parameter =>
                        parameter.Code is "partof" or "part-of"
                        && parameter.Targets.Contains(Key.NameOf(type))
                    )
                    is not { } tree
                || await Number(tree) is not { } number
            )
            {
                continue;
            }
            var (table, near, far) = below
                ? ("reference", "f.target", "f.key")
                : ("link", "f.key", "f.target");
            for (
                var round = from.FindAll(key => Key.TypeOf(key) == type);
                round.Count > 0 && all.Count <= MostInHierarchy;

            )
            {
                await using var command = session.Command(
                    $"SELECT {far} FROM {Schema}{table} f WHERE f.parameter = {number} AND {dialect.IsAnyOf(near, "@0")}",
                    dialect.KeyList(round)
                );
                var next = new List<long>();
                await using var found = await command.ExecuteReaderAsync(cancel);
                while (await found.ReadAsync(cancel))
                {
                    // A tree may be written so that it bites its own tail.
                    if (all.Add(found.GetInt64(0)))
                    {
                        next.Add(found.GetInt64(0));
                    }
                }
                round = next;
            }
        }
        return all.Count <= MostInHierarchy
            ? [.. all]
            : throw new SharedKernel.Contracts.InvalidInput(
                below ? ":below" : ":above",
                $"More than {MostInHierarchy} resources lie there."
            );
    }

    private string VersionTest(string? version, string row) =>
        version is null ? Always : $"{row}.version = {sql.Bind(IndexRows.VersionNumber(version))}";

    private async Task<string> UrlTest(string url, SearchModifier modifier, string column)
    {
        switch (modifier)
        {
            case SearchModifier.Below:
                // Below http://a/b are http://a/b itself, all that goes on after a slash, and its versions.
                return $"{column} IN (SELECT id FROM {Schema}url WHERE text = {sql.Bind(url)} OR ({StartsWith("text", url.TrimEnd('/') + "/")}) OR ({StartsWith("text", url + "|")}))";
            case SearchModifier.Above:
            {
                var above = new List<string> { url };
                if (url.IndexOf('|') is > 0 and var bar)
                {
                    above.Add(url[..bar]);
                }
                for (var at = url.LastIndexOf('/'); at > 0; at = url.LastIndexOf('/', at - 1))
                {
                    above.Add(url[..at]);
                    above.Add(url[..(at + 1)]);
                }
                return $"{column} IN (SELECT id FROM {Schema}url WHERE text {sql.OneOf(above)})";
            }
            default:
                return await interned.FindUrl(session, url, cancel) is { } number
                    ? $"{column} = {sql.Bind((long)number)}"
                    : Never;
        }
    }
}
