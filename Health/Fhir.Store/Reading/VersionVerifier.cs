using System.Globalization;
using System.Text.Json;
using Health.Fhir.Store.Place;

namespace Health.Fhir.Store.Reading;

/// <summary>
/// Whether versions hold together: numbers without a gap, times that rise, nothing without its resource, and every body naming
/// the id, version and time that its row has. For a store that nobody is writing to.
/// </summary>
internal sealed class VersionVerifier(
    Session session,
    Dialect dialect,
    BodyCodec codec,
    CancellationToken cancel
)
{
    private const int Page = 500;
    private readonly List<string> faults = [];

    public async Task<List<string>> Run()
    {
        var (resource, history) = (dialect.Schema + "resource", dialect.Schema + "history");
        await None(
            "resources whose versions have a gap",
            $"SELECT COUNT(*) FROM {resource} r WHERE r.version > 0 AND (SELECT COUNT(*) FROM {history} h WHERE h.key = r.key) <> r.version - 1"
        );
        await None(
            "old versions of no resource, or not older than the current one",
            $"SELECT COUNT(*) FROM {history} h WHERE NOT EXISTS (SELECT 1 FROM {resource} r WHERE r.key = h.key AND r.version > h.version AND r.updated > h.updated)"
        );
        await None(
            "old versions that are not older than the one after them",
            $"SELECT COUNT(*) FROM {history} h JOIN {history} n ON n.key = h.key AND n.version = h.version + 1 WHERE n.updated <= h.updated"
        );
        await Bodies(
            $"SELECT r.key, r.version, r.updated, r.stored_as, r.body, r.id FROM {resource} r WHERE r.version > 0 AND r.key > @0 ORDER BY r.key LIMIT {Page}",
            last => [last.Key]
        );
        await Bodies(
            $"SELECT h.key, h.version, h.updated, h.stored_as, h.body, r.id FROM {history} h JOIN {resource} r ON r.key = h.key WHERE h.key > @0 OR (h.key = @0 AND h.version > @1) ORDER BY h.key, h.version LIMIT {Page}",
            last => [last.Key, last.Version]
        );
        return faults;
    }

    private async Task None(string what, string count)
    {
        await using var command = session.Command(count);
        var found = Convert.ToInt64(
            await command.ExecuteScalarAsync(cancel),
            CultureInfo.InvariantCulture
        );
        if (found > 0)
        {
            faults.Add($"{found} {what}");
        }
    }

    private async Task Bodies(string sql, Func<(long Key, int Version), object[]> after)
    {
        var last = (Key: 0L, Version: 0);
        int read;
        do
        {
            read = 0;
            await using var command = session.Command(sql, after(last));
            await using var row = await command.ExecuteReaderAsync(cancel);
            while (await row.ReadAsync(cancel))
            {
                read++;
                last = (row.GetInt64(0), row.GetInt32(1));
                var body = row.GetFieldValue<byte[]>(4);
                var type = Key.NameOf(Key.TypeOf(last.Key));
                if ((StoredAs)row.GetInt16(3) is StoredAs.Deleted)
                {
                    if (body.Length > 0)
                    {
                        faults.Add($"a deletion of a {type} has a body");
                    }
                    continue;
                }
                Compare(
                    type,
                    Key.Decode(row.GetFieldValue<byte[]>(5)),
                    last.Version,
                    row.GetInt64(2),
                    codec.Decode(body)
                );
            }
        } while (read == Page);
    }

    private void Compare(
        string type,
        string id,
        int version,
        long updated,
        ReadOnlyMemory<byte> body
    )
    {
        using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 256 });
        var root = json.RootElement;
        var meta = root.GetProperty("meta");
        if (
            root.GetProperty("resourceType").GetString() != type
            || root.GetProperty("id").GetString() != id
            || meta.GetProperty("versionId").GetString()
                != version.ToString(CultureInfo.InvariantCulture)
            || meta.GetProperty("lastUpdated").GetDateTimeOffset().ToUnixTimeMilliseconds()
                != updated
        )
        {
            faults.Add($"a body of {type}/{id} is not of version {version}");
        }
    }
}
