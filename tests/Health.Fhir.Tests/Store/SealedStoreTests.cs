using System.Text;
using Health.Contracts;
using Health.Fhir.Store;
using SharedKernel.Persistence;
using SharedKernel.Persistence.Sealing;

namespace Health.Fhir.Tests.Store;

/// <summary>Bodies are sealed, and numbers of people stand as keyed hashes: they are found by the whole number, and the database tells none.</summary>
public sealed class SealedStoreTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private const string PersonalId = "001190000017";
    private const string Insurance = "DN4790000000017";
    private const string Phone = "0912 345 017";

    private static readonly string Patient = $$$"""
        {"resourceType":"Patient","identifier":[
          {"system":"{{{PatientIdentifiers.NationalId}}}","value":"{{{PersonalId}}}",
           "type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"NI"}]}},
          {"system":"{{{PatientIdentifiers.InsuranceNumber}}}","value":"{{{Insurance}}}"},
          {"system":"urn:ward","value":"bed-12"}],
         "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Goi so {{{PersonalId}}}</div>"},
         "name":[{"family":"Sealed"}],
         "telecom":[{"system":"phone","value":"{{{Phone}}}"}]}
        """;

    [Theory]
    [InlineData("identifier=" + PatientIdentifiers.NationalId + "|" + PersonalId)]
    [InlineData("identifier=" + PersonalId)]
    [InlineData("identifier=" + Insurance)]
    [InlineData("identifier=urn:ward|bed-12")]
    [InlineData("phone=" + Phone)]
    [InlineData("telecom=" + Phone)]
    [InlineData(
        "identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|NI|" + PersonalId
    )]
    [InlineData("_text=" + PersonalId)]
    public async Task Numbers_are_found_by_their_hash(string query)
    {
        var made = await fixture.Create(Patient);
        Assert.Contains((await Search(query)).Select(match => match.Id), id => id == made.Id);
    }

    [Fact]
    public async Task A_part_of_a_number_finds_nobody()
    {
        await fixture.Create(Patient);
        Assert.Empty(await Search("identifier=" + PersonalId[..^1]));
    }

    [Fact]
    public async Task Neither_bodies_nor_codes_tell_a_number()
    {
        await fixture.Create(Patient);
        var stored = await Column("resource", "body");
        stored.AddRange(await Column("code", "code"));
        Assert.All(
            stored,
            value =>
            {
                var text = value is byte[] bytes ? Encoding.Latin1.GetString(bytes) : (string)value;
                Assert.DoesNotContain(PersonalId, text, StringComparison.Ordinal);
                Assert.DoesNotContain(Insurance, text, StringComparison.Ordinal);
                Assert.DoesNotContain(Phone, text, StringComparison.Ordinal);
                Assert.DoesNotContain("Sealed", text, StringComparison.Ordinal);
            }
        );
        Assert.All(stored.OfType<byte[]>(), body => Assert.Equal(Vault.Mark, body[0]));
        // The others stand as they are, so that they sort.
        Assert.Contains("bed-12", stored);
    }

    [Fact]
    public async Task Codes_of_terminologies_are_nobodys_number()
    {
        await fixture.Create(
            """{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://snomed.info/sct","code":"840539006001"}]}}"""
        );
        Assert.Contains("840539006001", await Column("code", "code"));
    }

    [Fact]
    public async Task What_was_stored_in_clear_is_still_found()
    {
        var made = await fixture.Create(
            """{"resourceType":"Patient","telecom":[{"system":"phone","value":"0912000555"}]}"""
        );
        await using (var connection = Providers.Connect(fixture.Database, FhirDb.SchemaName))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText =
                $"UPDATE {Table("code")} SET code = '0912000555' WHERE id = (SELECT MAX(id) FROM {Table("code")})";
            Assert.Equal(
                1,
                await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)
            );
        }
        Assert.Equal(made.Id, Assert.Single(await Search("phone=0912000555")).Id);
    }

    private async Task<IReadOnlyList<StoredResource>> Search(string query) =>
        (
            await fixture.Store.Search(
                fixture.Store.Parse("Patient", query),
                null,
                Visible.All,
                TestContext.Current.CancellationToken
            )
        ).Matches;

    private string Table(string name) =>
        fixture.Database.Provider is DatabaseProvider.Sqlite ? name : $"fhir.{name}";

    private async Task<List<object>> Column(string table, string column)
    {
        await using var connection = Providers.Connect(fixture.Database, FhirDb.SchemaName);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {column} FROM {Table(table)}";
        await using var rows = await command.ExecuteReaderAsync();
        var values = new List<object>();
        while (await rows.ReadAsync())
        {
            values.Add(rows.GetValue(0));
        }
        return values;
    }
}
