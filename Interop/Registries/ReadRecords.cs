using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Interop.Registries.Sending;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Interop.Registries;

/// <summary>
/// A version as the national data centre takes records: each row in an envelope <c>idbanghi</c>, <c>sukien</c> (NEW, UPDATE, CANCEL), <c>phienban</c>, <c>thoigiancapnhat</c>; only
/// what changed since the version before (dictionary of the national education database, Circular 42/2021/TT-BGDĐT). The centre ignores a record whose <c>phienban</c> is not above what it has, so
/// the number is the version's and rises with it.
/// </summary>
public sealed class ReadRecords(
    RegistriesDb db,
    ExportCatalogue catalogue,
    ExportFolder folder,
    IServiceProvider services,
    IAccess access,
    ICurrentCaller current
) : IFeature
{
    /// <exception cref="NotFound">There is no such version.</exception>
    public async Task<JsonArray> Run(
        string name,
        string period,
        int version,
        CancellationToken cancel
    )
    {
        access.Demand(current.Caller, Permission.ReadStatistics);
        var definition = catalogue.Get(name);
        var export = (IExport)services.GetService(definition.Export)!;
        var keys = export.Columns.Where(column => !column.IsCount).Select(column => column.Name);
        var snapshot =
            await db
                .Snapshots.AsNoTracking()
                .SingleOrDefaultAsync(
                    row => row.Export == name && row.Period == period && row.Version == version,
                    cancel
                )
            ?? throw new NotFound($"Version {version} of {name} {period}");
        var now = await Rows(name, period, version, [.. keys], cancel);
        var before = version > 1 ? await Rows(name, period, version - 1, [.. keys], cancel) : [];
        var records = new JsonArray();
        foreach (var (key, row) in now)
        {
            if (!before.TryGetValue(key, out var old))
            {
                records.Add(Record(snapshot, key, "NEW", row));
            }
            else if (!JsonNode.DeepEquals(old, row))
            {
                records.Add(Record(snapshot, key, "UPDATE", row));
            }
        }
        foreach (var (key, row) in before.Where(old => !now.ContainsKey(old.Key)))
        {
            records.Add(Record(snapshot, key, "CANCEL", row));
        }
        return records;
    }

    private async Task<Dictionary<string, JsonObject>> Rows(
        string name,
        string period,
        int version,
        IReadOnlyList<string> keys,
        CancellationToken cancel
    )
    {
        var file =
            await db
                .Files.AsNoTracking()
                .SingleOrDefaultAsync(
                    row =>
                        row.Export == name
                        && row.Period == period
                        && row.Version == version
                        && row.Format == "json",
                    cancel
                )
            ?? throw new NotFound($"Version {version} of {name} {period}");
        var rows = new Dictionary<string, JsonObject>();
        foreach (
            var row in JsonNode.Parse(await folder.Read(file, cancel))!["rows"]!
                .AsArray()
                .Select(row => row!.AsObject())
        )
        {
            // Totals are sums of records and no records.
            if (!row.ContainsKey("isTotal"))
            {
                rows[string.Join('\u001F', keys.Select(key => row[key]?.ToString()))] = row;
            }
        }
        return rows;
    }

    private static JsonObject Record(Snapshot snapshot, string key, string what, JsonObject row) =>
        new()
        {
            ["idbanghi"] = IdOf($"{snapshot.Export}/{snapshot.Period}/{key}").ToString(),
            ["sukien"] = what,
            ["phienban"] = snapshot.Version,
            ["thoigiancapnhat"] = snapshot
                .PreparedAt.InVietnam()
                .ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture),
            ["ngaycapnhat"] = snapshot
                .PreparedAt.InVietnam()
                .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["dulieu"] = row.DeepClone(),
        };

    /// <summary>The same row has the same id in every version (RFC 9562, version 8: from a SHA-256 of its key).</summary>
    private static Guid IdOf(string key)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(key))[..16];
        bytes[6] = (byte)(bytes[6] & 0x0F | 0x80);
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
        return new(bytes, bigEndian: true);
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/api/exports/{name}/versions/{period}/{version:int}/records",
                (
                    string name,
                    string period,
                    int version,
                    ReadRecords read,
                    CancellationToken cancel
                ) => read.Run(name, period, version, cancel)
            )
            .Requires(Permission.ReadStatistics);
}
