using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Citizens;
using SharedKernel.Citizens.Lookup;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Persistence;
using SharedKernel.Persistence.Sealing;
using Testing;

namespace SharedKernel.Tests.Sealing;

/// <summary>
/// The register keeps numbers sealed and finds people by them all the same; what was written before that is sealed in the background.
/// </summary>
public sealed class SealedRegisterTests(SealedRegisterTests.Server server)
    : IClassFixture<SealedRegisterTests.Server>
{
    public sealed class Server : RecordsServer;

    private static readonly CitizenDetails Person = new(
        "Đặng Thị Kín",
        new(1990, 3, 4),
        Sex.Female,
        PersonalId: "001190765432",
        Phone: "0912765432",
        Address: "12 Hàng Bài",
        InsuranceNumber: "DN4790765432765",
        OldIdentityNumber: "012765432",
        Passport: "C7654321"
    );

    [Fact]
    public async Task No_number_stands_in_the_database_and_every_one_finds_its_person()
    {
        using var http = server.NewClient();
        var id = await Register(http, "/health/patients", Person);
        // Twice without a number: the hash of the form must not tell the phone either.
        await Register(
            http,
            "/api/citizens",
            new("Đặng Văn Hở", new(1988, 1, 2), Sex.Male, Phone: "0987654399")
        );
        var corrected = await http.PutAsJsonAsync(
            $"/api/citizens/{id}",
            Person with
            {
                Phone = "+84 912 765 433",
            }
        );
        corrected.EnsureSuccessStatusCode();
        string[] numbers =
        [
            Person.PersonalId!,
            Person.InsuranceNumber!,
            Person.OldIdentityNumber!,
            Person.Passport!,
        ];
        foreach (var number in numbers)
        {
            var found = await http.GetFromJsonAsync<List<Citizen>>($"/api/citizens?name={number}");
            Assert.Equal(id, Assert.Single(found!).Id);
        }
        Assert.Empty(
            (await http.GetFromJsonAsync<List<Citizen>>($"/api/citizens?name={numbers[0][..11]}"))!
        );
        var alike = await http.PostAsJsonAsync(
            "/api/citizens/match",
            new CitizenDetails("Đặng Thị Kín", null, Sex.Unknown, Phone: "0912 765 433")
        );
        Assert.Equal(
            id,
            (await alike.Content.ReadFromJsonAsync<List<PossibleMatch>>())!.First().Citizen.Id
        );
        var patients = await http.GetFromJsonAsync<JsonNode>(
            $"/fhir/Patient?identifier={Person.PersonalId}"
        );
        Assert.Single(patients!["entry"]!.AsArray());

        await NothingTells([.. numbers, Person.Phone!, "912765433", "912 765 433", "0987654399"]);
    }

    [Fact]
    public async Task What_was_written_in_clear_is_found_meanwhile_and_sealed_by_a_walk()
    {
        var old = new CitizenDetails(
            "Phùng Thị Cũ",
            new(1975, 6, 7),
            Sex.Female,
            PersonalId: "001175111222",
            Phone: "0913111222",
            InsuranceNumber: "DN4791112223334"
        );
        var id = (await Do((RegisterCitizen register) => register.Run(old))).Citizen.Id;
        var form = new CitizenDetails(
            "Phùng Văn Cũ",
            new(1970, 6, 7),
            Sex.Male,
            Phone: "0914111222"
        );
        var twin = (await Do((RegisterCitizen register) => register.Run(form))).Citizen.Id;
        await MakeOld(id, old, twin, form);

        // Found, matched and not registered twice while the walk has not come by.
        Assert.Equal(id, (await Do((FindCitizens find) => find.Run(old.PersonalId!)))!.Id);
        Assert.False((await Do((RegisterCitizen register) => register.Run(old))).IsNew);
        Assert.False((await Do((RegisterCitizen register) => register.Run(form))).IsNew);
        Assert.Equal(id, await BestMatch(old));

        var vault = server.Services.GetRequiredService<Vault>();
        vault.Ring.Rotate(TimeProvider.System);
        Assert.True(await server.Services.GetRequiredService<Reseal>().Run(default) > 0);
        await NothingTells([old.PersonalId!, old.Phone!, old.InsuranceNumber!, form.Phone!]);
        await Do(
            async (CitizensDb db) =>
            {
                var head = vault.NewestTextHead();
                Assert.All(
                    await db.Identifiers.AsNoTracking().ToListAsync(),
                    number => Assert.StartsWith(head, number.Sealed, StringComparison.Ordinal)
                );
                Assert.DoesNotContain(await db.MatchKeys.ToListAsync(), row => row.Key % 2 != 0);
                return true;
            }
        );
        vault.Ring.Retire(
            vault.Ring.Keys[0].Id,
            server.Services.GetRequiredService<Reseal>().Everything
        );
        Assert.Equal(
            old.Phone,
            (await Do((FindCitizens find) => find.Run(old.PersonalId!)))!.Details.Phone
        );
        Assert.Equal(id, await BestMatch(old));
        Assert.False((await Do((RegisterCitizen register) => register.Run(form))).IsNew);
    }

    private async Task<CitizenId?> BestMatch(CitizenDetails details) =>
        (await Do((MatchCitizens match) => match.Run(details, 1)))
            .Select(found => (CitizenId?)found.Citizen.Id)
            .FirstOrDefault();

    /// <summary>The rows as versions before wrote them.</summary>
    private async Task MakeOld(
        CitizenId id,
        CitizenDetails old,
        CitizenId twin,
        CitizenDetails form
    )
    {
        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<CitizensDb>();
        var keys = scope.ServiceProvider.GetRequiredService<MatchModel>().Keys;
        foreach (var number in await db.Identifiers.Where(row => row.Citizen == id).ToListAsync())
        {
            await db
                .Identifiers.Where(row => row.Citizen == id && row.Key == number.Key)
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(row => row.Key, number.Value)
                        .SetProperty(row => row.Sealed, (string?)null)
                );
        }
        await Execute(
            $"UPDATE {{0}} SET \"Phone\" = '{old.Phone}' WHERE \"FullName\" = '{old.FullName}'",
            "person"
        );
        await Execute(
            $"UPDATE {{0}} SET \"Phone\" = '{form.Phone}', \"Claim\" = '{PlainClaim(form)}' WHERE \"FullName\" = '{form.FullName}'",
            "person"
        );
        await Execute(
            "UPDATE {0} SET \"Value\" = '" + old.Phone + "' WHERE \"Field\" = 'Phone'",
            "fact"
        );
        foreach (var (person, details) in new[] { (id, old), (twin, form) })
        {
            await db.MatchKeys.Where(row => row.Citizen == person).ExecuteDeleteAsync();
            db.MatchKeys.AddRange(
                keys.Blocks(details)
                    .SelectMany(block => new[] { block.Coarse, block.Fine })
                    .Where(key => key != 0)
                    .Distinct()
                    .Select(key => new MatchKey { Key = key, Citizen = person })
            );
        }
        await db.SaveChangesAsync();
        var ring = scope.ServiceProvider.GetRequiredService<Vault>().Ring;
        ring.NoteResealed(CitizensDb.SchemaName, 0);
    }

    private static string PlainClaim(CitizenDetails form) =>
        Convert.ToHexString(
            System.Security.Cryptography.SHA256.HashData(
                System.Text.Encoding.UTF8.GetBytes(
                    $"{form.FullName.ToLowerInvariant()}|{form.BirthDate}|{form.Sex}|{form.Phone}|||||"
                )
            )
        );

    private async Task Execute(string sql, string table)
    {
        await using var connection = Providers.Connect(server.Database, CitizensDb.SchemaName);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = string.Format(
            System.Globalization.CultureInfo.InvariantCulture,
            sql,
            server.Database.Provider is DatabaseProvider.Sqlite ? table : $"citizens.{table}"
        );
        Assert.True(await command.ExecuteNonQueryAsync() > 0);
    }

    private async Task NothingTells(string[] numbers)
    {
        if (server.Database.Provider is DatabaseProvider.Sqlite)
        {
            // What was overwritten stays in free pages until they are used again.
            foreach (var file in Directory.EnumerateFiles(server.DataFolder, "*.db"))
            {
                await using var connection = Providers.Connect(
                    server.Database,
                    Path.GetFileNameWithoutExtension(file)
                );
                await connection.OpenAsync();
                await using var command = connection.CreateCommand();
                command.CommandText =
                    "PRAGMA wal_checkpoint(TRUNCATE); VACUUM; PRAGMA wal_checkpoint(TRUNCATE)";
                await command.ExecuteNonQueryAsync();
            }
        }
        foreach (var (place, text) in await DatabaseBytes.Read(server.Database))
        {
            Assert.All(
                numbers,
                number =>
                    Assert.False(
                        text.Contains(number, StringComparison.Ordinal),
                        $"{number} stands in {place} in clear"
                    )
            );
        }
    }

    private static async Task<CitizenId> Register(
        HttpClient http,
        string place,
        CitizenDetails details
    )
    {
        var answer = await http.PostAsJsonAsync(place, details);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        var json = JsonNode.Parse(text)!;
        return CitizenId.Parse((json["patientId"] ?? json["citizen"]!["id"])!.ToString());
    }

    private async Task<T> Do<TFeature, T>(Func<TFeature, Task<T>> use)
        where TFeature : notnull
    {
        await using var scope = server.Scope();
        return await use(scope.ServiceProvider.GetRequiredService<TFeature>());
    }
}
