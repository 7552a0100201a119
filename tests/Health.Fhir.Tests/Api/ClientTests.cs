using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>A client that others wrote, Firely's, does its round through the interface in both formats.</summary>
public sealed class ClientTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    [Theory]
    [InlineData(ResourceFormat.Json)]
    [InlineData(ResourceFormat.Xml)]
    public async Task Firely_goes_round(ResourceFormat format)
    {
        using var client = new FhirClient(
            new Uri(server.Address, "/fhir"),
            new FhirClientSettings
            {
                PreferredFormat = format,
                VerifyFhirVersion = true,
                ReturnPreference = ReturnPreference.Representation,
            }
        );
        var key = Guid.CreateVersion7().ToString();

        var created = (
            await client.CreateAsync(
                new Patient
                {
                    Identifier = [new("urn:client", key)],
                    Name = [new() { Family = "Đặng", Given = ["Thị", "Hoa"] }],
                    BirthDate = "1985-07",
                    Deceased = new FhirBoolean(false),
                }
            )
        )!;
        created.Gender = AdministrativeGender.Female;
        var updated = (await client.UpdateAsync(created, versionAware: true))!;
        var read = (await client.ReadAsync<Patient>($"Patient/{created.Id}"))!;
        var found = (await client.SearchAsync<Patient>([$"identifier=urn:client|{key}"]))!;
        var history = (await client.HistoryAsync($"Patient/{created.Id}"))!;
        var transaction = (
            await client.TransactionAsync(
                new Bundle
                {
                    Type = Bundle.BundleType.Transaction,
                    Entry =
                    [
                        new()
                        {
                            FullUrl = "urn:uuid:0d2a8d5a-90bb-4b6b-8a0c-3a9d5e6f0001",
                            Resource = new Observation
                            {
                                Status = ObservationStatus.Final,
                                Code = new("http://loinc.org", "8302-2"),
                                Subject = new($"Patient/{created.Id}"),
                                Value = new Quantity(170.50m, "cm"),
                            },
                            Request = new() { Method = Bundle.HTTPVerb.POST, Url = "Observation" },
                        },
                    ],
                }
            )
        )!;
        await client.DeleteAsync(updated);

        Assert.Equal("2", read.Meta!.VersionId);
        Assert.Equal("1985-07", read.BirthDate);
        Assert.Equal(AdministrativeGender.Female, read.Gender);
        Assert.Equal(created.Id, Assert.Single(found.Entry).Resource!.Id);
        Assert.Equal(2, history.Entry.Count);
        Assert.StartsWith(
            "201",
            Assert.Single(transaction.Entry).Response!.Status,
            StringComparison.Ordinal
        );
        var gone = await Assert.ThrowsAsync<FhirOperationException>(() =>
            client.ReadAsync<Patient>($"Patient/{created.Id}")
        );
        Assert.Equal(System.Net.HttpStatusCode.Gone, gone.Status);
        Assert.NotNull(gone.Outcome);
    }
}
