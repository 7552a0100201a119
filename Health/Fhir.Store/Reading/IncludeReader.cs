using System.Globalization;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store.Place;

namespace Health.Fhir.Store.Reading;

/// <summary>
/// What <c>_include</c> and <c>_revinclude</c> add to a page: one query for each of them, not one for each resource;
/// https://hl7.org/fhir/R4/search.html#revinclude
/// </summary>
internal sealed class IncludeReader(
    Session session,
    Dialect dialect,
    Interned interned,
    VersionReader versions,
    FhirModel model,
    Sight sight,
    int limit,
    CancellationToken cancel
)
{
    private readonly HashSet<long> seen = [];
    private readonly List<StoredResource> included = [];

    public async Task<IReadOnlyList<StoredResource>> Read(
        List<(long Key, StoredResource Resource)> matches,
        IReadOnlyList<Include> includes
    )
    {
        seen.UnionWith(matches.Select(match => match.Key));
        var from = seen.ToList();
        var round = includes;
        while (from.Count > 0 && round.Count > 0)
        {
            var added = new List<long>();
            foreach (var include in round)
            {
                added.AddRange(await Follow(include, from));
            }
            from = added;
            round = [.. includes.Where(include => include.Iterate)];
        }
        return included;
    }

    private async Task<List<long>> Follow(Include include, List<long> from)
    {
        var parameter = "";
        if (include.Parameter is not null)
        {
            if (
                await interned.FindParameter(session, include.Parameter.ToString(), cancel)
                is not { } number
            )
            {
                return [];
            }
            parameter = string.Create(CultureInfo.InvariantCulture, $" AND f.parameter = {number}");
        }
        var (table, near, far) = include.Reverse
            ? ("reference", "f.target", "f.key")
            : ("link", "f.key", "f.target");
        var start = include.Reverse ? Of(include.TargetType, from) : Of(include.SourceType, from);
        if (start.Count == 0)
        {
            return [];
        }
        var wanted = include.Reverse ? include.SourceType : include.TargetType;
        var type = wanted is null
            ? ""
            : $" AND {ClauseCompiler.OfType(wanted, "r").Replace("r.key", "+r.key", StringComparison.Ordinal)}";
        var added = new List<long>();
        await Add(
            include,
            start,
            $"SELECT {far} FROM {dialect.Schema}{table} f WHERE {dialect.IsAnyOf(near, "@0")}{parameter}",
            type,
            added
        );
        if (await Canonicals(include, start) is { } byUrl)
        {
            await Add(include, start, byUrl, type, added);
        }
        return added;
    }

    /// <summary>
    /// Through the url of a definition instead of a key, whatever the version: https://hl7.org/fhir/R4/references.html#canonical. Null
    /// when the include has none to follow.
    /// </summary>
    private async Task<string?> Canonicals(Include include, List<long> start)
    {
        IReadOnlyList<SearchParameterInfo> followed =
            include.Parameter is { } one ? [one]
            : include.Reverse ? []
            :
            [
                .. start
                    .Select(Key.TypeOf)
                    .Distinct()
                    .SelectMany(type => model.ParametersOf(Key.NameOf(type))),
            ];
        var arms = new List<string>();
        foreach (var canonical in followed.Where(model.IsCanonical))
        {
            var parameter = await Numbers([canonical]);
            var urls = await Numbers(
                canonical
                    .Targets.Select(type => model.Find(type, "url"))
                    .OfType<SearchParameterInfo>()
            );
            if (parameter.Length > 0 && urls.Length > 0)
            {
                var (near, far) = include.Reverse ? (urls, parameter) : (parameter, urls);
                arms.Add(
                    $"SELECT u.key FROM {dialect.Schema}reference u WHERE u.parameter IN ({far}) AND u.target IN (SELECT f.target FROM {dialect.Schema}link f WHERE {dialect.IsAnyOf("f.key", "@0")} AND f.parameter IN ({near}))"
                );
            }
        }
        return arms.Count == 0 ? null : string.Join(" UNION ALL ", arms);
    }

    private async Task<string> Numbers(IEnumerable<SearchParameterInfo> parameters)
    {
        var numbers = new List<int>();
        foreach (var parameter in parameters)
        {
            if (await interned.FindParameter(session, parameter.ToString(), cancel) is { } number)
            {
                numbers.Add(number);
            }
        }
        return string.Join(", ", numbers);
    }

    private async Task Add(
        Include include,
        List<long> start,
        string keys,
        string type,
        List<long> added
    )
    {
        var sql = new Sql();
        // @0 in the queries of keys.
        sql.Bind(dialect.KeyList(start));
        await using var command = session.Command(
            $"SELECT {VersionReader.Columns} FROM {dialect.Schema}resource r WHERE r.key IN ({keys}) AND r.stored_as IN (1, 2){type}{sight.Of("r", sql)} ORDER BY r.key LIMIT {limit + seen.Count + 1}",
            [.. sql.Values]
        );
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            if (!seen.Add(row.GetInt64(0)))
            {
                continue;
            }
            if (included.Count == limit)
            {
                throw new SharedKernel.Contracts.InvalidInput(
                    include.Reverse ? "_revinclude" : "_include",
                    $"More than {limit} resources would be included in one page. Ask for a smaller _count."
                );
            }
            added.Add(row.GetInt64(0));
            included.Add(versions.Of(row));
        }
    }

    private static List<long> Of(string? type, List<long> keys)
    {
        if (type is null)
        {
            return keys;
        }
        var number = Key.NumberOf(type);
        return keys.FindAll(key => Key.TypeOf(key) == number);
    }
}
