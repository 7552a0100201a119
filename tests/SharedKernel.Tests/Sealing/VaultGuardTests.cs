using System.Net.Http.Json;
using SharedKernel.Contracts;
using SharedKernel.Persistence;
using Testing;

namespace SharedKernel.Tests.Sealing;

/// <summary>The real program without the key ring that belongs to its databases, or with another's: it refuses and changes nothing.</summary>
public sealed class VaultGuardTests : IDisposable
{
    private readonly TestDatabase database = new();

    private string Ring =>
        Path.Combine(
            database.Options.Provider is DatabaseProvider.Sqlite
                ? database.Folder
                : Path.Combine(database.Folder, "data"),
            "keys",
            "vault.json"
        );

    [Fact]
    public async Task A_start_without_the_ring_or_with_another_is_refused()
    {
        CitizenId id;
        await using (var first = await Serve())
        {
            using var http = first.NewClient();
            var made = await http.PostAsJsonAsync(
                "/api/citizens",
                new CitizenDetails("Bùi Thị Khóa", new(1980, 1, 1), Sex.Female, "001180000001")
            );
            id = (await made.Content.ReadFromJsonAsync<CitizenRegistration>())!.Citizen.Id;
        }
        var kept = Ring + ".kept";
        File.Move(Ring, kept);

        var missing = await Assert.ThrowsAsync<InvalidOperationException>(Serve);
        Assert.Contains("ended with 1", missing.Message, StringComparison.Ordinal);
        Assert.Contains("vault.json is missing", missing.Message, StringComparison.Ordinal);
        Assert.Contains("restore", missing.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", missing.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Ring), "a new ring was made in silence");

        using (var other = new TestDatabase())
        {
            var others = SharedKernel.Persistence.Sealing.KeyRing.FileIn(other.Folder);
            SharedKernel.Persistence.Sealing.KeyRing.At(others, TimeProvider.System);
            File.Copy(others, Ring);
        }
        var wrong = await Assert.ThrowsAsync<InvalidOperationException>(Serve);
        Assert.Contains("another installation's", wrong.Message, StringComparison.Ordinal);

        File.Move(kept, Ring, overwrite: true);
        await using var again = await Serve();
        using var client = again.NewClient();
        var found = await client.GetFromJsonAsync<Citizen>($"/api/citizens/{id}");
        Assert.Equal("001180000001", found!.Details.PersonalId);
    }

    // The databases of an old installation, which only the FHIR store has sealed, lack the mark: its bodies say enough.
    [Fact]
    public async Task Bodies_of_the_FHIR_store_say_that_there_was_a_ring()
    {
        await using (var first = await Serve())
        {
            using var http = first.NewClient();
            (
                await http.PostAsJsonAsync(
                    "/fhir/Basic",
                    new { resourceType = "Basic", code = new { text = "x" } }
                )
            ).EnsureSuccessStatusCode();
        }
        await using (var connection = Providers.Connect(database.Options, "citizens"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            var schema = database.Options.Provider is DatabaseProvider.Sqlite ? "" : "citizens.";
            command.CommandText = $"DELETE FROM {schema}vault_mark";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
        File.Delete(Ring);
        var missing = await Assert.ThrowsAsync<InvalidOperationException>(Serve);
        Assert.Contains("fhir.resource", missing.Message, StringComparison.Ordinal);
    }

    private Task<ServerProcess> Serve() => ServerProcess.Start(database.Options, database.Folder);

    public void Dispose() => database.Dispose();
}
