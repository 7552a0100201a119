using System.Globalization;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store.Place;
using Health.Fhir.Store.Rows;
using Health.Fhir.Store.Writing;
using Hl7.Fhir.Model;

namespace Health.Fhir.Store.Reading;

/// <summary>Carries out a <see cref="SearchRequest"/>: which index leads, what is tested, in which order, where the page begins.</summary>
internal sealed class Searcher(
    Dialect dialect,
    Interned interned,
    KnownKeys known,
    VersionReader versions,
    ResourceReader reader,
    StoreOptions options,
    TimeProvider clock
) : IConditions
{
    private readonly SearchParser parser = new(reader.Model, options.Search);

    private FhirModel Model => reader.Model;
    private string Schema => dialect.Schema;

    public async Task<SearchPage> Search(
        Session session,
        SearchRequest request,
        string? page,
        Sight sight,
        CancellationToken cancel
    )
    {
        var count = Math.Min(request.Count ?? options.DefaultPageSize, options.PageSize);
        long? total = null;
        if (request.Summary is SummaryMode.Count || request.Total is not TotalMode.None)
        {
            total = await Count(session, request, sight, cancel);
        }
        if (request.Summary is SummaryMode.Count || (count == 0 && page is null))
        {
            return new SearchPage([], [], total, null);
        }
        var (rows, next) = await Page(session, request, count, page, sight, cancel);
        var included =
            request.Includes.Count == 0 || rows.Count == 0
                ? []
                : await new IncludeReader(
                    session,
                    dialect,
                    interned,
                    versions,
                    Model,
                    sight,
                    options.Included,
                    cancel
                ).Read(rows, request.Includes);
        return new SearchPage([.. rows.Select(row => row.Resource)], included, total, next);
    }

    public async Task<IReadOnlyList<string>> Match(
        Session session,
        string type,
        string query,
        Visible visible,
        int limit,
        CancellationToken cancel
    )
    {
        var request = parser.Parse(
            type,
            Pairs(query),
            SearchHandling.Strict,
            reader.Options.BaseUrls
        );
        if (request.Clauses.Count == 0)
        {
            throw new SharedKernel.Contracts.InvalidInput(
                "condition",
                $"{type}?{query} has no condition: everything would match."
            );
        }
        var sight = await SightOf(visible, session, cancel);
        var (rows, _) = await Page(session, request with { Sort = [] }, limit, null, sight, cancel);
        return [.. rows.Select(row => row.Resource.Id)];
    }

    public async Task<Sight> SightOf(Visible visible, Session session, CancellationToken cancel)
    {
        var staff = visible.Staff is { } view
            ? await StaffSight.Of(
                view,
                session,
                dialect,
                interned,
                known,
                clock.GetUtcNow(),
                cancel
            )
            : null;
        if (visible.Types is not { } scopes)
        {
            return await Sight.Of(visible, session, dialect, null, staff, cancel);
        }
        var sql = new Sql("v");
        var compiler = new ClauseCompiler(
            session,
            dialect,
            interned,
            known,
            Model,
            Sight.All,
            sql,
            null,
            cancel
        );
        var types = await TypeSight.Of(scopes, sql, compiler, ScopeConditions.Read(Parse));
        return await Sight.Of(visible, session, dialect, types, staff, cancel);
    }

    public async Task<WritableRows> Writable(
        Session session,
        Visible visible,
        IReadOnlyCollection<long> resources,
        IReadOnlyCollection<int> compartments,
        CancellationToken cancel
    )
    {
        var sight = await SightOf(visible, session, cancel);
        var (keys, patients) = (new HashSet<long>(), new HashSet<int>());
        if (resources.Count > 0)
        {
            var sql = new Sql();
            await using var command = session.Command(
                $"SELECT r.key FROM {Schema}resource r WHERE r.key {sql.OneOf(resources)}{sight.Of("r", sql)}",
                [.. sql.Values]
            );
            await using var row = await command.ExecuteReaderAsync(cancel);
            while (await row.ReadAsync(cancel))
            {
                keys.Add(row.GetInt64(0));
            }
        }
        foreach (var patient in compartments)
        {
            var sql = new Sql();
            await using var command = session.Command(
                $"SELECT 1 WHERE {sight.Sees(patient, sql)}",
                [.. sql.Values]
            );
            if (await command.ExecuteScalarAsync(cancel) is not null)
            {
                patients.Add(patient);
            }
        }
        return new WritableRows(keys, patients);
    }

    public SearchRequest Parse(string type, string query) =>
        parser.Parse(type, Pairs(query), SearchHandling.Strict, reader.Options.BaseUrls);

    private static IEnumerable<KeyValuePair<string, string>> Pairs(string query)
    {
        foreach (var pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var split = pair.IndexOf('=');
            yield return split < 0
                ? new(Uri.UnescapeDataString(pair), "")
                : new(Decoded(pair[..split]), Decoded(pair[(split + 1)..]));
        }

        static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
    }

    private async Task<long> Count(
        Session session,
        SearchRequest request,
        Sight sight,
        CancellationToken cancel
    )
    {
        var sql = new Sql();
        var plan = await SearchPlan.Of(
            session,
            dialect,
            interned,
            known,
            Model,
            request,
            sight,
            sql,
            cancel
        );
        if (plan.IsEmpty)
        {
            return 0;
        }
        await using var command = session.Command(
            plan.IsKeysAlone
                ? $"SELECT COUNT(*) FROM ({plan.Keys}) k"
                : $"SELECT COUNT(*) FROM {plan.From} WHERE {plan.Where}",
            [.. sql.Values]
        );
        return Convert.ToInt64(
            await command.ExecuteScalarAsync(cancel),
            CultureInfo.InvariantCulture
        );
    }

    private async Task<(List<(long Key, StoredResource Resource)> Rows, string? Next)> Page(
        Session session,
        SearchRequest request,
        int count,
        string? page,
        Sight sight,
        CancellationToken cancel,
        bool trusting = true
    )
    {
        var sql = new Sql();
        var plan = await SearchPlan.Of(
            session,
            dialect,
            interned,
            known,
            Model,
            request,
            sight,
            sql,
            cancel,
            trusting: trusting
        );
        if (plan.IsEmpty)
        {
            return ([], null);
        }
        var position = page is null ? null : PagePosition.Parse(page);
        if (
            await new SortedWalk(
                session,
                dialect,
                interned,
                known,
                versions,
                Model,
                sight,
                cancel
            ).Page(request, plan, sql, count, position) is
            { } walked
        )
        {
            return walked;
        }
        var order = await PageOrder.Of(session, dialect, interned, request, plan, position, cancel);
        var sorts = order.Columns;
        var after = position is null ? "" : " WHERE " + order.After(position, sql, "q");
        var picked = string.Join("", sorts.Select((sort, at) => $", {sort.Expression} AS s{at}"));
        var orderBy = string.Join(
            ", ",
            sorts
                .Select((sort, at) => $"s{at} {(sort.Descending ? "DESC" : "ASC")} NULLS LAST")
                .Append("k")
        );
        // Without a sort the order is that of the index that leads, and the first page's worth of its rows is enough.
        var text = order.IsPlain
            ? $"SELECT {VersionReader.Columns} FROM {plan.From} WHERE {plan.Where}{(position is null ? "" : " AND " + order.PlainAfter(position, sql))} ORDER BY {order.Plain} LIMIT {count + 1}"
            : $"SELECT {VersionReader.Columns}, {string.Join(", ", sorts.Select((_, at) => $"p.s{at}"))} FROM (SELECT * FROM (SELECT r.key AS k{picked} FROM {plan.From}{order.Joins} WHERE {plan.Where}) q{after} ORDER BY {orderBy} LIMIT {count + 1}) p JOIN {Schema}resource r ON r.key = p.k ORDER BY {orderBy}";
        var rows = new List<(long, StoredResource)>();
        string? next = null;
        object?[] values = [];
        await using var command = session.Command(
            plan.Doubt is null ? text : $"{plan.Doubt}; {text}",
            [.. sql.Values]
        );
        await using var row = await command.ExecuteReaderAsync(cancel);
        if (plan.Doubt is not null)
        {
            if (await row.ReadAsync(cancel))
            {
                await row.DisposeAsync();
                return await Page(session, request, count, page, sight, cancel, trusting: false);
            }
            await row.NextResultAsync(cancel);
        }
        while (await row.ReadAsync(cancel))
        {
            if (rows.Count == count)
            {
                var (key, last) = rows[^1];
                next = order.PositionOf(key, last, values).ToString();
                break;
            }
            rows.Add((row.GetInt64(0), versions.Of(row)));
            values = order.IsPlain
                ? []
                :
                [
                    .. sorts.Select(
                        (_, at) =>
                            row.IsDBNull(VersionReader.ColumnCount + at)
                                ? null
                                : row.GetValue(VersionReader.ColumnCount + at)
                    ),
                ];
        }
        return (rows, next);
    }
}
