using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Health.Emr.Pharmacy;
using Health.Emr.Prescriptions;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using Testing;
using static Health.Emr.Tests.ClinicTests;

namespace Health.Emr.Tests.Pharmacy;

/// <summary>Handing out by prescription through the front door, and by many pharmacies at the same moment.</summary>
public sealed class DispensingTests(DemoServer server) : IClassFixture<DemoServer>
{
    [Fact]
    public async Task A_pharmacist_finds_it_by_code_and_hands_out_part_then_the_rest()
    {
        var code = await Signed("040184900101");
        using var pharmacist = await server.SignInAs("duocsi");
        var found = await Get(pharmacist, $"/health/pharmacy/prescriptions/{code}");
        var line = found["lines"]![0]!;
        Assert.Equal(15, (int)line["available"]!);

        var part = await Dispense(pharmacist, code, line, 10);
        Assert.Equal("PartlyDispensed", part["state"]!.ToString());
        var tooMany = await TryDispense(pharmacist, code, line, 6);
        Assert.Equal(HttpStatusCode.BadRequest, tooMany.StatusCode);
        var errors = JsonNode.Parse(await tooMany.Content.ReadAsStringAsync())!["errors"]!;
        Assert.Contains("1 đến 5", errors["lines[0].quantity"]![0]!.ToString());
        var rest = await Dispense(pharmacist, code, line, 5);
        Assert.Equal("Dispensed", rest["state"]!.ToString());

        var again = await TryDispense(pharmacist, code, line, 1);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        using var system = await server.WithToken();
        var order = await Get(system, $"/fhir/MedicationRequest/{line["order"]}");
        Assert.Equal("completed", order["status"]!.ToString());
        var dispenses = await Get(
            system,
            $"/fhir/MedicationDispense?prescription=MedicationRequest/{line["order"]}"
        );
        Assert.Equal(2, dispenses["entry"]!.AsArray().Count);

        // What was bought is not cancelled, replaced, or taken back by the FHIR interface.
        using var doctor = await server.SignInAs("bacsi");
        var cancel = await doctor.PostAsJsonAsync(
            $"/health/prescriptions/{code}/cancel",
            new { reason = "Nhầm" }
        );
        Assert.Equal(HttpStatusCode.Conflict, cancel.StatusCode);
        var document = await Get(system, $"/fhir/DocumentReference/{code}");
        document["meta"]!["tag"]![0]!["code"] = "Signed";
        Assert.Equal(HttpStatusCode.Conflict, await Put(system, document));
    }

    [Fact]
    public async Task The_audit_trail_names_the_pharmacist_and_the_code_opens_nothing_else()
    {
        var code = await Signed("040184900102");
        using var pharmacist = await server.SignInAs("duocsi");
        await Get(pharmacist, $"/health/pharmacy/prescriptions/{code}");
        using var admin = await server.SignInAs("quantri");
        var trail = System.Net.WebUtility.HtmlDecode(await admin.GetStringAsync("/audit"));
        Assert.Contains("Hồ Quang Vinh", trail);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await pharmacist.GetAsync($"/health/prescriptions/{code}")).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await pharmacist.GetAsync($"/fhir/DocumentReference/{code}")).StatusCode
        );
    }

    [Fact]
    public async Task Only_the_same_drug_of_another_brand_stands_in()
    {
        var code = await Signed("040184900103", "lorat10c");
        using var pharmacist = await server.SignInAs("duocsi");
        var line = (await Get(pharmacist, $"/health/pharmacy/prescriptions/{code}"))["lines"]![0]!;
        Assert.Equal("loratadin10", line["substitutes"]![0]!["drug"]!.ToString());
        var other = await TryDispense(pharmacist, code, line, 5, "cetirizin10");
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
        var same = await Dispense(pharmacist, code, line, 5, "loratadin10");
        using var system = await server.WithToken();
        var dispense = await Get(system, $"/fhir/MedicationDispense/{same["dispenses"]![0]}");
        Assert.True((bool)dispense["substitution"]!["wasSubstituted"]!);
        Assert.Equal("Loratadin 10 mg", dispense["medicationCodeableConcept"]!["text"]!.ToString());
    }

    [Fact]
    public async Task A_controlled_drug_is_handed_to_somebody_with_a_name()
    {
        var code = await Signed("040184900104", "diaz5");
        using var pharmacist = await server.SignInAs("duocsi");
        var line = (await Get(pharmacist, $"/health/pharmacy/prescriptions/{code}"))["lines"]![0]!;
        var nobody = await TryDispense(pharmacist, code, line, 1);
        Assert.Equal(HttpStatusCode.BadRequest, nobody.StatusCode);
        Assert.Contains("receiverId", await nobody.Content.ReadAsStringAsync());
        var response = await pharmacist.PostAsJsonAsync(
            $"/health/pharmacy/prescriptions/{code}/dispenses",
            new
            {
                lines = new[] { new { order = line["order"]!.ToString(), quantity = 1 } },
                receiver = "Trần Văn Nhận",
                receiverId = "040084000001",
            }
        );
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task After_five_days_it_is_refused_but_what_was_begun_may_be_finished()
    {
        var untouched = await Signed("040184900105");
        var begun = await Signed("040184900106");
        using var pharmacist = await server.SignInAs("duocsi");
        var line = (await Get(pharmacist, $"/health/pharmacy/prescriptions/{begun}"))["lines"]![0]!;
        await Dispense(pharmacist, begun, line, 1);
        var at = TimeProvider.System.Today();
        var found = await FoundOn(untouched, at.AddDays(5));
        Assert.Equal((PrescriptionState.Signed, true), (found.State, found.CanBeDispensed));
        found = await FoundOn(untouched, at.AddDays(6));
        Assert.Equal((PrescriptionState.Expired, false), (found.State, found.CanBeDispensed));
        // Fifteen tablets for five days: the rest until these are over.
        Assert.True((await FoundOn(begun, at.AddDays(5))).CanBeDispensed);
        Assert.False((await FoundOn(begun, at.AddDays(6))).CanBeDispensed);
    }

    [Theory]
    [InlineData("40012a1b2c3d-c", "40012a1b2c3d-c")]
    [InlineData("40012a1b2c3d-C", "40012a1b2c3d-c")]
    [InlineData("https://donthuocquocgia.vn/don/40012a1b2c3d-n?x=1", "40012a1b2c3d-n")]
    [InlineData("  40012a1b2c3d-h\n", "40012a1b2c3d-h")]
    [InlineData("40012a1b2c3d", null)]
    [InlineData("040184900101", null)]
    [InlineData("", null)]
    public void A_code_is_read_from_what_is_scanned(string scanned, string? code) =>
        Assert.Equal(code, FindForDispensing.CodeIn(scanned));

    [Fact]
    public async Task Many_pharmacies_at_one_moment_hand_out_once()
    {
        var code = await Signed("040184900107");
        var order = await OrderOf(code);
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 24).Select(i => Try(i, code, order, 15))
        );
        Assert.Equal(1, outcomes.Count(done => done));
        Assert.Equal(15, await DispensedOf(order));
    }

    [Fact]
    public async Task Many_pharmacies_that_each_take_a_part_never_hand_out_more_than_is_written()
    {
        var code = await Signed("040184900108");
        var order = await OrderOf(code);
        var handed = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 8),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (pharmacy, _) =>
            {
                // Each tries until it is told that nothing is left.
                for (var attempt = 0; attempt < 40; attempt++)
                {
                    if (await Try(pharmacy, code, order, 1))
                    {
                        Interlocked.Increment(ref handed);
                    }
                }
            }
        );
        Assert.Equal(15, handed);
        Assert.Equal(15, await DispensedOf(order));
    }

    private async Task<FindForDispensing.Result> FoundOn(string code, DateOnly day)
    {
        await using var scope = server.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Pharmacist(0));
        return await ActivatorUtilities
            .CreateInstance<FindForDispensing>(scope.ServiceProvider, new FixedDay(day))
            .Run(code);
    }

    private sealed class FixedDay(DateOnly day) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() =>
            new(day.ToDateTime(new TimeOnly(5, 0)), TimeSpan.Zero);
    }

    /// <returns>False when it was refused because somebody else was quicker.</returns>
    private async Task<bool> Try(int pharmacy, string code, string order, int quantity)
    {
        await using var scope = server.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Pharmacist(pharmacy));
        try
        {
            await scope
                .ServiceProvider.GetRequiredService<DispensePrescription>()
                .Run(code, new([new(order, quantity)]));
            return true;
        }
        catch (Refusal refused) when (refused is Conflict or InvalidInput)
        {
            return false;
        }
    }

    private static Caller Pharmacist(int number) =>
        new(
            $"pharmacist-{number}",
            $"Dược sĩ {number}",
            new HashSet<Role> { Role.Pharmacist },
            $"4900{number % 10}"
        );

    private async Task<string> OrderOf(string code)
    {
        using var pharmacist = await server.SignInAs("duocsi");
        return (await Get(pharmacist, $"/health/pharmacy/prescriptions/{code}"))["lines"]![0]![
            "order"
        ]!.ToString();
    }

    private async Task<int> DispensedOf(string order)
    {
        using var system = await server.WithToken();
        var all = await Get(
            system,
            $"/fhir/MedicationDispense?prescription=MedicationRequest/{order}&_count=100"
        );
        return all["entry"]!
            .AsArray()
            .Sum(entry => (int)entry!["resource"]!["quantity"]!["value"]!);
    }

    /// <summary>15 tablets of paracetamol, or 5 of another drug.</summary>
    private async Task<string> Signed(string personalId, string? drug = null)
    {
        using var doctor = await server.SignInAs("bacsi");
        var encounter = await Visit(doctor, personalId);
        return drug is null
            ? await Sign(doctor, encounter)
            : (
                await Post(
                    doctor,
                    $"/health/encounters/{encounter}/prescription",
                    new
                    {
                        lines = new[]
                        {
                            new
                            {
                                drug,
                                dose = 1,
                                times = 1,
                                days = 5,
                            },
                        },
                    }
                )
            )["codes"]![0]!.ToString();
    }

    private static async Task<JsonNode> Dispense(
        HttpClient pharmacist,
        string code,
        JsonNode line,
        int quantity,
        string? substitute = null
    )
    {
        var response = await TryDispense(pharmacist, code, line, quantity, substitute);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private static Task<HttpResponseMessage> TryDispense(
        HttpClient pharmacist,
        string code,
        JsonNode line,
        int quantity,
        string? substitute = null
    ) =>
        pharmacist.PostAsJsonAsync(
            $"/health/pharmacy/prescriptions/{code}/dispenses",
            new
            {
                lines = new[]
                {
                    new
                    {
                        order = line["order"]!.ToString(),
                        quantity,
                        substitute,
                    },
                },
            }
        );
}
