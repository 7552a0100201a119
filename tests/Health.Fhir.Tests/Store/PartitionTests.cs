using Health.Fhir.Store;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Persistence;
using Testing;
using static Health.Fhir.Tests.Store.StoreFixture;

namespace Health.Fhir.Tests.Store;

/// <summary>The index tables divided by the compartment, as <c>Place/partition.sql</c> does it: nothing that is asked or written changes.</summary>
public sealed class PartitionTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    private const int Patients = 12;

    [Fact]
    public async Task A_store_in_partitions_answers_and_writes_as_before()
    {
        Assert.SkipUnless(
            TestDatabase.Provider is DatabaseProvider.Postgres,
            "Partitions are PostgreSQL's."
        );
        var patients = new List<string>();
        for (var at = 0; at < Patients; at++)
        {
            patients.Add(await Record($"trước {at}"));
        }
        await using var db = store.NewDb();
        var script = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "Health/Fhir.Store/Place/partition.sql")
        );
        await using (var whole = await db.Database.BeginTransactionAsync())
        {
            // EF Core reads braces as places for values.
            await db.Database.ExecuteSqlRawAsync(
                script
                    .Replace("{", "{{", StringComparison.Ordinal)
                    .Replace("}", "}}", StringComparison.Ordinal)
            );
            await whole.CommitAsync();
        }
        Assert.Contains("token", string.Join(' ', await Partitioned(db)), StringComparison.Ordinal);

        await using var other = store.NewStore();
        patients.Add(await Record("sau"));
        var updated = patients[3];
        await store.Transact(Updating(updated, Patient("đổi")));
        await store.Transact(new Write(WriteVerb.Delete, "Patient") { Id = patients[4] });

        Assert.Equal(Patients - 2, (await Found("Patient", "name=truoc", other)).Count);
        Assert.Equal([updated], await Found("Patient", "name=doi", other));
        foreach (var patient in patients)
        {
            Assert.Single(
                await Found(
                    "Observation",
                    $"patient={patient}&code=urn:parts|x&date=2026-05",
                    other
                )
            );
        }
        Assert.Equal(
            Patients + 1,
            (
                await Found("Observation", "code=urn:parts|x&value-quantity=gt4&_count=100", other)
            ).Count
        );
        Assert.Single(await Found("Observation", "subject:Patient.name=doi", other));
        Assert.Empty((await other.Verify()).Faults);
    }

    private static string Patient(string name) =>
        $$"""{"resourceType":"Patient","name":[{"family":"{{name}}"}]}""";

    private async Task<string> Record(string name)
    {
        var done = await store.Transact(
            Creating(Patient(name), fullUrl: "urn:uuid:p"),
            Creating(
                """{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"urn:parts","code":"x"}]},"subject":{"reference":"urn:uuid:p"},"effectiveDateTime":"2026-05-04","valueQuantity":{"value":5,"code":"g","system":"http://unitsofmeasure.org"} }"""
            )
        );
        return done.Results[0].Resource!.Id;
    }

    private static async Task<IReadOnlyList<string>> Found(
        string type,
        string query,
        FhirStore from
    ) =>
        [
            .. (await from.Search(from.Parse(type, query), null, Visible.All)).Matches.Select(
                match => match.Id
            ),
        ];

    private static async Task<List<string>> Partitioned(FhirDb db) =>
        await db
            .Database.SqlQueryRaw<string>(
                "SELECT relname::text AS \"Value\" FROM pg_class WHERE relkind = 'p' AND relnamespace = 'fhir'::regnamespace"
            )
            .ToListAsync();
}
