using SharedKernel.Persistence;
using SharedKernel.Persistence.Sealing;

namespace Health.Fhir.Tests.Store;

/// <summary>A key is exchanged beside other work; nothing is lost, and the old one opens nothing any more.</summary>
public sealed class ResealTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    [Fact]
    public async Task Every_body_comes_under_the_new_key_and_the_old_one_can_go()
    {
        var cancel = TestContext.Current.CancellationToken;
        var made = await fixture.Create("""{"resourceType":"Patient","birthDate":"1990-01-01"}""");
        await fixture.Transact(
            StoreFixture.Updating(
                made.Id,
                $$"""{"resourceType":"Patient","id":"{{made.Id}}","birthDate":"1991-01-01"}"""
            )
        );
        // More than one page.
        await fixture.Transact([
            .. Enumerable
                .Range(0, 250)
                .Select(_ =>
                    StoreFixture.Creating("""{"resourceType":"Basic","code":{"text":"x"}}""")
                ),
        ]);
        var old = fixture.Ring.Keys[^1].Id;
        var next = fixture.Ring.Rotate(TimeProvider.System).Id;

        Assert.True(await fixture.Store.Reseal(cancel) >= 252);
        Assert.Equal(0, await fixture.Store.Reseal(cancel));
        Assert.All(await Bodies(), body => Assert.Equal(next, Vault.KeyOf(body)));

        fixture.Ring.NoteResealed("fhir", next);
        fixture.Ring.Retire(old, ["fhir"]);
        await using var another = fixture.NewStore();
        Assert.Empty((await another.Verify(cancel)).Faults);
        Assert.NotNull(
            await another.ReadVersion("Patient", made.Id, 1, Health.Fhir.Store.Visible.All, cancel)
        );
    }

    private async Task<List<byte[]>> Bodies()
    {
        var schema = fixture.Database.Provider is DatabaseProvider.Sqlite ? "" : "fhir.";
        await using var connection = Providers.Connect(
            fixture.Database,
            Health.Fhir.Store.FhirDb.SchemaName
        );
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            $"SELECT body FROM {schema}resource WHERE length(body) > 0 UNION ALL SELECT body FROM {schema}history WHERE length(body) > 0";
        await using var rows = await command.ExecuteReaderAsync();
        var bodies = new List<byte[]>();
        while (await rows.ReadAsync())
        {
            bodies.Add(rows.GetFieldValue<byte[]>(0));
        }
        return bodies;
    }
}
