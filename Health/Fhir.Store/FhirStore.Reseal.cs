using Health.Fhir.Store.Place;

namespace Health.Fhir.Store;

// Rotation of the key under which bodies lie.
public sealed partial class FhirStore
{
    private const int Resealed = 200;

    /// <summary>Brings every body and dictionary under the newest key, some at a time, beside all other writes.</summary>
    /// <returns>How many were not under it.</returns>
    public async Task<long> Reseal(CancellationToken cancel = default)
    {
        var head = codec.NewestHead();
        var changed = await ResealDictionaries(head, cancel);
        foreach (var table in (string[])["resource", "history"])
        {
            var (key, version) = (long.MinValue, 0L);
            while (await NextBodies(table, head, key, version, cancel) is { Count: > 0 } page)
            {
                await using var session = await dialect.OpenWriter(cancel);
                await session.Begin(cancel);
                foreach (var (at, number, body) in page)
                {
                    // The row may have become another version meanwhile; that one is sealed by who wrote it.
                    await using var update = session.Command(
                        $"UPDATE {dialect.Schema}{table} SET body = @0 WHERE key = @1 AND version = @2",
                        codec.Reseal(body),
                        at,
                        number
                    );
                    changed += await update.ExecuteNonQueryAsync(cancel);
                }
                await session.Commit(cancel);
                (key, version) = (page[^1].Key, page[^1].Version);
            }
        }
        return changed;
    }

    private async Task<List<(long Key, int Version, byte[] Body)>> NextBodies(
        string table,
        byte[] head,
        long key,
        long version,
        CancellationToken cancel
    )
    {
        await using var session = await dialect.OpenReader(cancel);
        await using var command = session.Command(
            $"""
            SELECT key, version, body FROM {dialect.Schema}{table}
            WHERE (key > @0 OR key = @0 AND version > @1) AND length(body) > 0 AND substr(body, 1, 3) <> @2
            ORDER BY key, version LIMIT {Resealed}
            """,
            key,
            version,
            head
        );
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var page = new List<(long, int, byte[])>();
        while (await rows.ReadAsync(cancel))
        {
            page.Add((rows.GetInt64(0), rows.GetInt32(1), rows.GetFieldValue<byte[]>(2)));
        }
        return page;
    }

    private async Task<long> ResealDictionaries(byte[] head, CancellationToken cancel)
    {
        await using var session = await dialect.OpenWriter(cancel);
        await session.Begin(cancel);
        var old = new List<(int Id, byte[] Content)>();
        await using (
            var command = session.Command(
                $"SELECT id, content FROM {dialect.Schema}dictionary WHERE substr(content, 1, 3) <> @0",
                head
            )
        )
        {
            await using var rows = await command.ExecuteReaderAsync(cancel);
            while (await rows.ReadAsync(cancel))
            {
                old.Add((rows.GetInt32(0), rows.GetFieldValue<byte[]>(1)));
            }
        }
        foreach (var (id, content) in old)
        {
            await using var update = session.Command(
                $"UPDATE {dialect.Schema}dictionary SET content = @0 WHERE id = @1",
                codec.SealDictionary(codec.OpenDictionary(content)),
                id
            );
            await update.ExecuteNonQueryAsync(cancel);
        }
        await session.Commit(cancel);
        return old.Count;
    }
}

/// <summary>The store's part of a rotation.</summary>
internal sealed class ResealBodies(FhirStore store) : SharedKernel.Persistence.Sealing.IReseal
{
    public Task<long> Pass(CancellationToken cancel) => store.Reseal(cancel);
}
