using System.Text.Json.Nodes;
using Health.Fhir.Store;
using Interop.Host;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Audit;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Persistence;

namespace Health.Fhir.Tests.Faults;

/// <summary>Reads a database whose servers are gone and holds it against what was acknowledged.</summary>
internal static class Aftermath
{
    public static async Task Check(
        DatabaseOptions database,
        string folder,
        IReadOnlyCollection<LedgerClient> clients
    )
    {
        await using var app = RecordsApp.Build(
            new HostOptions(
                new HashSet<Part> { Part.Health },
                database,
                "http://127.0.0.1:0",
                Open: true
            )
            {
                // Where the servers kept the keys that sign the audit trail: they stood in this folder.
                DataFolder =
                    database.Provider is DatabaseProvider.Sqlite
                        ? folder
                        : Path.Combine(folder, "data"),
            },
            RecordsApp.Quietly
        );
        var store = app.Services.GetRequiredService<FhirStore>();
        var verified = await store.Verify();
        Assert.Empty(verified.Faults);
        foreach (var (reference, known) in clients.SelectMany(client => client.Resources))
        {
            await Is(store, reference, known);
        }
        foreach (var absent in clients.SelectMany(client => client.Absent))
        {
            var (type, marker) = (absent.Split(' ')[0], absent.Split(' ')[1]);
            var found = await store.Search(
                store.Parse(type, $"identifier={LedgerClient.System}|{marker}"),
                null,
                Visible.All
            );
            Assert.Empty(found.Matches);
        }
        await using var scope = app.Services.CreateAsyncScope();
        var audit = scope.ServiceProvider.GetRequiredService<AuditDb>();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        Assert.Empty((await scope.ServiceProvider.GetRequiredService<VerifyAudit>().Run()).Faults);
        var rows = await audit
            .Rows.AsNoTracking()
            .Where(row => row.Action != AuditAction.Read)
            .SelectMany(row => row.Subjects)
            .GroupBy(subject => subject.Subject)
            .Select(one => new { Patient = "Patient/" + one.Key, Count = one.Count() })
            .ToDictionaryAsync(one => one.Patient, one => one.Count);
        var without = clients
            .SelectMany(client => client.Resources)
            .Where(known => known.Value.Audited > rows.GetValueOrDefault(known.Key))
            .Select(known => known.Key)
            .ToList();
        Assert.True(without.Count == 0, $"no audit row: {string.Join(", ", without)}");
    }

    private static async Task Is(FhirStore store, string reference, LedgerClient.Known known)
    {
        var (type, id) = (reference.Split('/')[0], reference.Split('/')[1]);
        var now = await store.Read(type, id, Visible.All);
        Assert.True(now is not null, $"{reference} is lost");
        Assert.True(
            now.Version == known.Version,
            $"{reference} is at {now.Version}; {known.Version} was acknowledged"
        );
        Assert.Equal(known.Marker is null, now.StoredAs is StoredAs.Deleted);
        if (known.Marker is not null)
        {
            var body = JsonNode.Parse(now.Body.Span)!;
            Assert.Equal(
                known.Marker,
                (string?)body["name"]?[0]?["family"] ?? (string?)body["code"]?["text"]
            );
        }
    }
}
