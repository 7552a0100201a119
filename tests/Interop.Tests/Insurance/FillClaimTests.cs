using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Interop.Registries.Insurance;
using Interop.Tests.Prices;
using Interop.Tests.Registries;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Documents.Signing;

namespace Interop.Tests.Insurance;

/// <summary>A visit goes in through the FHIR interface and comes out as tables, each figure from a record or a published price.</summary>
public sealed class FillClaimTests(ClockedServer server) : IClassFixture<ClockedServer>
{
    private const string Core = "http://fhir.ehealth.gov.vn/core";

    [Fact]
    public async Task A_visit_becomes_tables_and_what_is_not_recorded_is_named()
    {
        await server.Client.PutAsJsonAsync(
            "/api/price-lists/79009",
            new { name = "Trạm Y tế Thử" }
        );
        foreach (
            var line in new object[]
            {
                new
                {
                    itemKind = "Drug",
                    code = "PARA500",
                    name = "Paracetamol 500 mg",
                    unit = "viên",
                    registration = "VD-1",
                    insurance = 500,
                },
                new
                {
                    itemKind = "Service",
                    code = "KHAM",
                    name = "Khám bệnh",
                    unit = "lần",
                    insurance = 36_500,
                },
            }
        )
        {
            (
                await server.Client.PutAsJsonAsync("/api/price-lists/79009/draft/lines", line)
            ).EnsureSuccessStatusCode();
        }
        (
            await server.Client.PostAsJsonAsync(
                "/api/price-lists/79009/versions",
                new { validFrom = "2026-11-23" }
            )
        ).EnsureSuccessStatusCode();

        var world = new FhirWorld();
        world.Facility("79009", "Trạm Y tế Thử");
        var patient = world.Add(
            new()
            {
                ["resourceType"] = "Patient",
                ["name"] = new JsonArray(
                    new JsonObject { ["text"] = "Trần Thị Bé", ["family"] = "Trần" }
                ),
                ["gender"] = "female",
                ["birthDate"] = "1990",
                ["identifier"] = new JsonArray(
                    new JsonObject
                    {
                        ["system"] = $"{Core}/sid/insurance_number",
                        ["value"] = "DN4797901234567",
                    }
                ),
            }
        );
        var visit = world.Visit(
            patient,
            "2026-11-24T09:30:00+07:00",
            "J06.9",
            facility: "Organization/79009"
        );
        world.Add(
            new()
            {
                ["resourceType"] = "MedicationRequest",
                ["status"] = "active",
                ["intent"] = "order",
                ["subject"] = FhirWorld.Reference(patient),
                ["encounter"] = FhirWorld.Reference(visit),
                ["medicationCodeableConcept"] = FhirWorld.Concept(
                    $"{Core}/CodeSystem/drug-demo",
                    "PARA500"
                ),
                ["dispenseRequest"] = new JsonObject
                {
                    ["quantity"] = new JsonObject { ["value"] = 20, ["unit"] = "viên" },
                },
            }
        );
        world.Add(
            new()
            {
                ["resourceType"] = "ChargeItem",
                ["status"] = "billable",
                ["subject"] = FhirWorld.Reference(patient),
                ["context"] = FhirWorld.Reference(visit),
                ["code"] = FhirWorld.Concept($"{Core}/CodeSystem/prices-79009-service", "KHAM"),
                ["quantity"] = new JsonObject { ["value"] = 1 },
            }
        );
        var saved = await world.Save(server.Client);
        var id = saved
            .Single(location => location.Contains("Encounter/"))
            .Split("Encounter/")[1]
            .Split('/')[0];

        var claim = (
            await server.Client.GetFromJsonAsync<JsonObject>($"/api/insurance/claims/{id}")
        )!;
        var summary = claim["tables"]!["XML1"]![0]!;
        Assert.Equal("Trần Thị Bé", (string?)summary["HO_TEN"]);
        Assert.Equal("199000000000", (string?)summary["NGAY_SINH"]);
        Assert.Equal("J06.9", (string?)summary["MA_BENH_CHINH"]);
        Assert.Equal("202611240930", (string?)summary["NGAY_RA"]);
        // 20 × 500 + 36,500 at 80 %.
        Assert.Equal("46500", (string?)summary["T_TONGCHI_BH"]);
        Assert.Equal("37200", (string?)summary["T_BHTT"]);
        Assert.Equal("9300", (string?)summary["T_BNCCT"]);
        var drug = claim["tables"]!["XML2"]![0]!;
        Assert.Equal(
            ("20", "500", "10000"),
            ((string?)drug["SO_LUONG"], (string?)drug["DON_GIA"], (string?)drug["THANH_TIEN_BV"])
        );
        Assert.Equal("KHAM", (string?)claim["tables"]!["XML3"]![0]!["MA_DICH_VU"]);

        // The sums and amounts are right; what is wrong is what nobody recorded, and each is named with its place.
        var errors = claim["errors"]!.AsArray();
        Assert.DoesNotContain(errors, error => (string?)error!["rule"] is "sum" or "amount");
        Assert.Contains(
            errors,
            error =>
                (string?)error!["table"] == "XML1"
                && (string?)error["field"] == "MA_NGHE_NGHIEP"
                && (string?)error["rule"] == "required"
        );
        Assert.Contains(
            claim["gaps"]!.AsArray(),
            gap => ((string?)gap)!.StartsWith("XML1.MA_KHOA")
        );
        // The day's list leads to it.
        var list = WebUtility.HtmlDecode(
            await server.Client.GetStringAsync("/insurance/claims?day=2026-11-24")
        );
        Assert.Contains($"/insurance/claims/{id}", list);
        Assert.Contains("Trần Thị Bé", list);
        // So there is no envelope yet, and the page says why.
        var envelope = await server.Client.GetAsync($"/api/insurance/claims/{id}/envelope");
        Assert.Equal(HttpStatusCode.Conflict, envelope.StatusCode);
        var page = WebUtility.HtmlDecode(
            await server.Client.GetStringAsync($"/insurance/claims/{id}")
        );
        Assert.Contains("MA_NGHE_NGHIEP", page);
    }

    [Fact]
    public async Task An_unknown_visit_is_not_found() =>
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await server.Client.GetAsync("/api/insurance/claims/none")).StatusCode
        );

    [Fact]
    public void The_signature_is_of_exactly_what_is_sent()
    {
        var folder = Directory.CreateTempSubdirectory("records-keys-").FullName;
        try
        {
            var keys = new SigningKeys(folder, makeDemoKeys: true, TimeProvider.System);
            var bytes = ClaimEnvelope.Write(
                ClaimRulesTests.Case(),
                new(2026, 11, 2),
                keys.Of(SharedKernel.Contracts.Caller.TheSystem),
                TimeProvider.System.GetUtcNow()
            );
            var text = System.Text.Encoding.UTF8.GetString(bytes);
            var signature = text.Split("<CHUKYDONVI>")[1].Split('<')[0];
            string Signed(string envelope) =>
                "<THONGTINHOSO>"
                + envelope.Split("<THONGTINHOSO>")[1].Split("</THONGTINHOSO>")[0]
                + "</THONGTINHOSO>";
            bool Good(string envelope) =>
                DetachedJws
                    .Verify(
                        System.Text.Encoding.UTF8.GetBytes(Signed(envelope)),
                        signature,
                        keys.Trusted()
                    )
                    .Intact;
            Assert.True(Good(text));
            Assert.False(Good(text.Replace("20261102", "20261103")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
