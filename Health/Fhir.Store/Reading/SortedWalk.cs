using System.Globalization;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store.Place;
using Health.Fhir.Store.Rows;
using Hl7.Fhir.Model;

namespace Health.Fhir.Store.Reading;

/// <summary>
/// A page across all patients sorted by one date, text or by when it was written: walks the index of the values from its end
/// and stops when the page is full, instead of sorting every match. Where that would walk far, or the values end before the page
/// does, it gives up, and the matches are sorted.
/// </summary>
internal sealed class SortedWalk(
    Session session,
    Dialect dialect,
    Interned interned,
    KnownKeys known,
    VersionReader versions,
    FhirModel model,
    Sight sight,
    CancellationToken cancel
)
{
    /// <summary>So few matches are sorted sooner than found by walking.</summary>
    private const int Few = 1_000;

    /// <summary>Index rows looked at before sorting is better.</summary>
    private const int Far = 5_000;

    private string Schema => dialect.Schema;

    /// <param name="plan">The plan by matches, with its values in <paramref name="sql"/>.</param>
    /// <returns>Null when the matches must be sorted.</returns>
    public async Task<(List<(long Key, StoredResource Resource)> Rows, string? Next)?> Page(
        SearchRequest request,
        SearchPlan plan,
        Sql sql,
        int count,
        PagePosition? position
    )
    {
        if (
            request.Sort is not [var sort]
            || plan.Compartment is not null
            || position?.Values is { } values and not [not null]
            || await SourceOf(sort.Parameter) is not { } source
            || (plan.Keys is not null && await IsFew(plan.Keys, sql))
        )
        {
            return null;
        }
        var walk = new Sql();
        var all = await SearchPlan.Of(
            session,
            dialect,
            interned,
            known,
            model,
            request,
            sight,
            walk,
            cancel,
            testAll: true
        );
        var isTested =
            request.Clauses.Count > 0
            || !sight.IsAllOf(request.Types is [var single] ? single : null)
            || source.Parameters is null;
        var (compare, direction) = sort.Descending ? ("<", "DESC") : (">", "ASC");
        var arms = new List<string>();
        foreach (var parameter in source.Parameters ?? [0])
        {
            var only = source.Parameters is null
                ? Sql.Always
                : string.Create(CultureInfo.InvariantCulture, $"d.parameter = {parameter}");
            var after = Sql.Always;
            if (position is not null)
            {
                var (value, key) = (walk.Bind(position.Values[0]!), walk.Bind(position.Key));
                after =
                    $"d.{source.Column} {compare}= {value} AND (d.{source.Column} {compare} {value} OR d.key > {key})";
            }
            var near =
                isTested && await Bound(source, only, position, direction, compare) is { } bound
                    ? $"d.{source.Column} {(sort.Descending ? ">=" : "<=")} {walk.Bind(bound)}"
                    : Sql.Always;
            // Of several values of a resource the first in the order counts.
            var first = source.Parameters is null
                ? Sql.Always
                : $"NOT EXISTS (SELECT 1 FROM {Schema}\"{source.Table}\" o WHERE o.compartment = d.compartment AND o.parameter IN ({string.Join(", ", source.Parameters)}) AND o.key = d.key AND d.{source.Column} {compare} o.{source.Column})";
            var from = source.Parameters is null
                ? $"{Schema}resource d CROSS JOIN {Schema}resource r"
                : $"{Schema}\"{source.Table}\" d CROSS JOIN {Schema}resource r";
            arms.Add(
                $"SELECT * FROM (SELECT {VersionReader.Columns}, d.{source.Column} AS s0 FROM {from} WHERE {Sql.And(only, after, near, first)} AND r.key = d.key AND {all.Where} ORDER BY d.{source.Column} {direction}, d.key LIMIT {count + 1}) a{arms.Count}"
            );
        }
        var text =
            string.Join(" UNION ALL ", arms) + $" ORDER BY s0 {direction}, key LIMIT {count + 1}";
        return await Read(text, walk, count);
    }

    /// <param name="Parameters">Null: a column of the resource row itself.</param>
    private sealed record Source(string Table, string Column, IReadOnlyList<int>? Parameters);

    private async Task<Source?> SourceOf(SearchParameterInfo parameter)
    {
        if (parameter.Code == "_lastUpdated")
        {
            return new Source("resource", "updated", null);
        }
        var (table, column) = parameter.Type switch
        {
            SearchParamType.Date => ("date", "low"),
            SearchParamType.String => ("string", "normalised"),
            _ => ("", ""),
        };
        if (
            table.Length == 0
            || await interned.FindParameter(session, parameter.ToString(), cancel) is not { } number
        )
        {
            return null;
        }
        return
            parameter.Type is SearchParamType.Date
            && await interned.FindParameter(session, IndexRows.Wide(parameter), cancel) is { } wide
            ? new Source(table, column, [number, wide])
            : new Source(table, column, [number]);
    }

    private async Task<bool> IsFew(string keys, Sql sql)
    {
        await using var command = session.Command(
            $"SELECT COUNT(*) FROM (SELECT 1 FROM ({keys}) k LIMIT {Few}) few",
            [.. sql.Values]
        );
        return Convert.ToInt64(
                await command.ExecuteScalarAsync(cancel),
                CultureInfo.InvariantCulture
            ) < Few;
    }

    /// <summary>The value so many index rows further on; null when there are fewer.</summary>
    private async Task<object?> Bound(
        Source source,
        string only,
        PagePosition? position,
        string direction,
        string compare
    )
    {
        var after = position is null ? Sql.Always : $"d.{source.Column} {compare}= @0";
        object[] values = position is null ? [] : [position.Values[0]!];
        await using var command = session.Command(
            $"SELECT d.{source.Column} FROM {Schema}\"{source.Table}\" d WHERE {Sql.And(only, after)} ORDER BY d.{source.Column} {direction} LIMIT 1 OFFSET {Far}",
            values
        );
        return await command.ExecuteScalarAsync(cancel) is { } found and not DBNull ? found : null;
    }

    private async Task<(List<(long, StoredResource)>, string?)?> Read(
        string text,
        Sql walk,
        int count
    )
    {
        var rows = new List<(long Key, StoredResource Resource)>();
        var seen = new HashSet<long>();
        object? value = null;
        await using var command = session.Command(text, [.. walk.Values]);
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            if (!seen.Add(row.GetInt64(0)))
            {
                continue;
            }
            if (rows.Count == count)
            {
                var (key, last) = rows[^1];
                return (rows, new PagePosition(false, last.Compartment, key, [value]).ToString());
            }
            rows.Add((row.GetInt64(0), versions.Of(row)));
            value = row.GetValue(VersionReader.ColumnCount);
        }
        // The values end here; what has none comes after them.
        return null;
    }
}
