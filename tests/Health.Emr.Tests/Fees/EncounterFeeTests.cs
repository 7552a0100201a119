using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Testing;

namespace Health.Emr.Tests.Fees;

/// <summary>From what was done in a visit to the invoice, with the insurer's share.</summary>
public sealed class EncounterFeeTests(DemoServer server) : IClassFixture<DemoServer>
{
    [Fact]
    public async Task A_visit_becomes_one_invoice_and_what_is_added_later_another()
    {
        using var doctor = await server.SignInAs("bacsi");
        var visit = await Visit(doctor);
        await Add(doctor, visit, "KB.001", 1);
        await Add(doctor, visit, "SA.001", 2);
        var unknown = await doctor.PostAsJsonAsync(
            Fees(visit),
            new
            {
                kind = "Service",
                code = "ZZ",
                quantity = 1,
            }
        );
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        Assert.Contains("chưa công bố", await unknown.Content.ReadAsStringAsync());

        // 42,100 + 2 × 43,900 = 129,900 is below 15 % of the base salary: paid in full by insurance.
        var whole = await Bill(doctor, visit, new { insured = true, level = 80 });
        Assert.Equal((129_900, 129_900, 0), Sums(whole));
        Assert.Equal("Paid", whole["state"]!.ToString());
        var none = await doctor.PostAsJsonAsync(Fees(visit) + "/invoice", new { insured = false });
        Assert.Equal(HttpStatusCode.BadRequest, none.StatusCode);

        await Add(doctor, visit, "CT.001", 1);
        var own = await Bill(doctor, visit, new { insured = false });
        Assert.Equal((589_600, 0, 589_600), Sums(own));
        Assert.NotEqual(whole["id"]!.ToString(), own["id"]!.ToString());
        Assert.StartsWith("000201", own["qr"]!.ToString());

        using var system = await server.WithToken();
        var items = await system.GetFromJsonAsync<JsonObject>(
            $"/fhir/ChargeItem?context=Encounter/{visit}"
        );
        Assert.All(
            items!["entry"]!.AsArray(),
            one => Assert.Equal("billed", one!["resource"]!["status"]!.ToString())
        );
    }

    [Fact]
    public async Task Insurance_pays_the_cards_share_above_the_threshold()
    {
        using var doctor = await server.SignInAs("bacsi");
        var visit = await Visit(doctor);
        await Add(doctor, visit, "CT.001", 1);
        var refused = await doctor.PostAsJsonAsync(
            Fees(visit) + "/invoice",
            new { insured = true }
        );
        // A card that tells no level: somebody has to look it up.
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var invoice = await Bill(doctor, visit, new { insured = true, level = 80 });
        Assert.Equal((536_000, 428_800, 107_200), Sums(invoice));
    }

    [Fact]
    public async Task Nobody_charges_for_another_house()
    {
        using var doctor = await server.SignInAs("bacsi");
        var visit = await Visit(doctor);
        using var nurse = await server.SignInAs("dieuduong");
        var response = await nurse.PostAsJsonAsync(
            Fees(visit),
            new
            {
                kind = "Service",
                code = "KB.001",
                quantity = 1,
            }
        );
        // As if there were no such visit.
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static string Fees(string visit) => $"/health/encounters/{visit}/fees";

    private static (long, long, long) Sums(JsonObject invoice) =>
        ((long)invoice["total"]!, (long)invoice["covered"]!, (long)invoice["due"]!);

    private static async Task Add(HttpClient doctor, string visit, string code, int quantity) =>
        Assert.Equal(
            HttpStatusCode.NoContent,
            (
                await doctor.PostAsJsonAsync(
                    Fees(visit),
                    new
                    {
                        kind = "Service",
                        code,
                        quantity,
                    }
                )
            ).StatusCode
        );

    private static async Task<JsonObject> Bill(HttpClient doctor, string visit, object bill)
    {
        var response = await doctor.PostAsJsonAsync(Fees(visit) + "/invoice", bill);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!.AsObject();
    }

    private static async Task<string> Visit(HttpClient doctor)
    {
        var person = await doctor.PostAsJsonAsync(
            "/health/patients",
            new
            {
                fullName = $"Lê Thị Viện Phí {Guid.CreateVersion7().ToString()[^6..]}",
                birthDate = "1980-05-05",
                sex = "Female",
                address = "An Hòa",
                temporary = "Unknown",
            }
        );
        var patient = (await person.Content.ReadFromJsonAsync<JsonObject>())!["patientId"];
        var visit = await doctor.PostAsJsonAsync(
            "/health/encounters",
            new { patientId = patient!.ToString() }
        );
        return (await visit.Content.ReadFromJsonAsync<JsonObject>())!["id"]!.ToString();
    }
}
