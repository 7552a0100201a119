using System.Globalization;
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
        await using var command = session.Command(
            $"SELECT {VersionReader.Columns} FROM {dialect.Schema}resource r WHERE r.key IN (SELECT {far} FROM {dialect.Schema}{table} f WHERE {dialect.IsAnyOf(near, "@0")}{parameter}) AND r.stored_as IN (1, 2){type}{sight.Of("r")} ORDER BY r.key LIMIT {limit + seen.Count + 1}",
            dialect.KeyList(start)
        );
        var added = new List<long>();
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
        return added;
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
