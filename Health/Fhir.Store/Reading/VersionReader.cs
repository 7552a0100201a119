using System.Data.Common;
using System.Globalization;
using Health.Fhir.Store.Place;

namespace Health.Fhir.Store.Reading;

/// <summary>Versions by their address: read, vread, history.</summary>
internal sealed class VersionReader(Dialect dialect, BodyCodec codec)
{
    /// <summary>What all queries select, in this order.</summary>
    public const string Columns =
        "r.key, r.version, r.stored_as, r.updated, r.body, r.id, r.compartment";

    public const int ColumnCount = 7;

    public StoredResource Of(DbDataReader row) =>
        Stored(
            row.GetInt64(0),
            Key.Decode(row.GetFieldValue<byte[]>(5)),
            row.GetInt32(1),
            row.GetInt16(2),
            row.GetInt64(3),
            row.GetFieldValue<byte[]>(4),
            row.GetInt32(6)
        );

    public async Task<StoredResource?> Read(
        Session session,
        string type,
        string id,
        int? version,
        Sight sight,
        CancellationToken cancel
    )
    {
        var stored = await Current(session, type, id, sight, cancel);
        if (stored is not var (key, current) || version is null || current.Version == version)
        {
            return stored?.Current;
        }
        var sql = new Sql();
        var (ofKey, ofVersion) = (sql.Bind(key), sql.Bind(version.Value));
        await using var command = session.Command(
            $"SELECT r.version, r.stored_as, r.updated, r.body, r.compartment FROM {dialect.Schema}history r WHERE r.key = {ofKey} AND r.version = {ofVersion}{sight.OfHistory("r", sql)}",
            [.. sql.Values]
        );
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel)
            ? Stored(
                key,
                id,
                row.GetInt32(0),
                row.GetInt16(1),
                row.GetInt64(2),
                row.GetFieldValue<byte[]>(3),
                row.GetInt32(4)
            )
            : null;
    }

    /// <summary>In the order of time and then key, so that a page goes on where the last one ended whatever is written meanwhile.</summary>
    public async Task<HistoryPage> History(
        Session session,
        HistoryRequest request,
        Sight sight,
        CancellationToken cancel
    )
    {
        var (from, to) = (0L, long.MaxValue);
        if (request.Type is { } type)
        {
            (from, to) = Key.RangeOf(Key.NumberOf(type));
        }
        if (request.Id is { } id)
        {
            if (await Current(session, request.Type!, id, sight, cancel) is not var (key, _))
            {
                return new HistoryPage([], null);
            }
            (from, to) = (key, key);
        }
        var since = request.Since?.ToUnixTimeMilliseconds() ?? long.MinValue;
        var (updated, lastKey, lastVersion) = Position(request.Page, request.Ascending);
        var at = request.At?.ToUnixTimeMilliseconds();
        var atEnd = request.AtEnd?.ToUnixTimeMilliseconds() ?? at;
        var (past, order) = request.Ascending ? ('>', "ASC") : ('<', "DESC");
        // Current at some time of a period: made before its end, and not replaced until after its beginning.
        var atCurrent = at is null ? "" : "AND r.updated <= @8 ";
        var atHistory = at is null
            ? ""
            : $"""
                AND r.updated <= @8 AND NOT EXISTS (
                    SELECT 1 FROM {dialect.Schema}history n WHERE n.key = r.key AND n.version > r.version AND n.updated <= @7)
                AND NOT EXISTS (
                    SELECT 1 FROM {dialect.Schema}resource n WHERE n.key = r.key AND n.updated <= @7)
                """;
        string Part(string table, string columns, string at, string seen) =>
            $"""
                SELECT * FROM (SELECT {columns} FROM {dialect.Schema}{table} r
                WHERE r.key BETWEEN @0 AND @1 AND r.version > 0 AND r.updated >= @2
                AND (r.updated {past} @3 OR (r.updated = @3 AND (r.key {past} @4 OR (r.key = @4 AND r.version {past} @5)))) {at}{seen}
                ORDER BY r.updated {order}, r.key {order}, r.version {order} LIMIT @6) {table}
                """;
        var columns = "r.key, r.version, r.stored_as, r.updated, r.body, r.compartment";
        var values = new Sql();
        foreach (
            var value in (object[])
                [
                    from,
                    to,
                    since,
                    updated,
                    lastKey,
                    lastVersion,
                    request.Count + 1,
                    at ?? 0L,
                    atEnd ?? 0L,
                ]
        )
        {
            values.Bind(value);
        }
        var sql = $"""
            SELECT u.key, u.version, u.stored_as, u.updated, u.body, i.id, u.compartment FROM (
            {Part("resource", columns, atCurrent, sight.Of("r", values, request.Type))}
            UNION ALL
            {Part("history", columns, atHistory, sight.OfHistory("r", values))}
            ) u JOIN {dialect.Schema}resource i ON i.key = u.key
            ORDER BY u.updated {order}, u.key {order}, u.version {order} LIMIT @6
            """;
        await using var command = session.Command(sql, [.. values.Values]);
        var versions = new List<StoredResource>();
        long key0 = 0;
        string? next = null;
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            if (versions.Count == request.Count)
            {
                var last = versions[^1];
                next = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{last.LastUpdated.ToUnixTimeMilliseconds()}.{key0}.{last.Version}"
                );
                break;
            }
            key0 = row.GetInt64(0);
            versions.Add(Of(row));
        }
        return new HistoryPage(versions, next);
    }

    private async Task<(long Key, StoredResource Current)?> Current(
        Session session,
        string type,
        string id,
        Sight sight,
        CancellationToken cancel
    )
    {
        var sql = new Sql();
        var (number, bytes) = (sql.Bind(Key.NumberOf(type)), sql.Bind(Key.Encode(id)));
        await using var command = session.Command(
            $"SELECT {Columns} FROM {dialect.Schema}resource r WHERE r.type = {number} AND r.id = {bytes} AND r.version > 0{sight.Of("r", sql, type)}",
            [.. sql.Values]
        );
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel) ? (row.GetInt64(0), Of(row)) : null;
    }

    private StoredResource Stored(
        long key,
        string id,
        int version,
        short storedAs,
        long updated,
        byte[] body,
        int compartment
    ) =>
        new(
            Key.NameOf(Key.TypeOf(key)),
            id,
            version,
            DateTimeOffset.FromUnixTimeMilliseconds(updated),
            codec.Decode(body),
            (StoredAs)storedAs
        )
        {
            Compartment = compartment,
        };

    private static (long Updated, long Key, int Version) Position(string? page, bool ascending)
    {
        if (page is null)
        {
            return ascending
                ? (long.MinValue, long.MinValue, int.MinValue)
                : (long.MaxValue, long.MaxValue, int.MaxValue);
        }
        var parts = page.Split('.');
        return
            parts.Length == 3
            && long.TryParse(parts[0], CultureInfo.InvariantCulture, out var updated)
            && long.TryParse(parts[1], CultureInfo.InvariantCulture, out var key)
            && int.TryParse(parts[2], CultureInfo.InvariantCulture, out var version)
            ? (updated, key, version)
            : throw new SharedKernel.Contracts.InvalidInput(
                "_page",
                "This is not a page of this history."
            );
    }
}
