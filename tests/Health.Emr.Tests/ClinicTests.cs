using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Health.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Health.Emr.Tests;

/// <summary>A visit through the front door: by the features' own addresses and the FHIR interface, with real roles.</summary>
public sealed class ClinicTests(DemoServer server) : IClassFixture<DemoServer>
{
    private static readonly object Person = new
    {
        fullName = "Hoàng Thị Thử Nghiệm",
        birthDate = "1984-03-12",
        sex = "Female",
        personalId = "040184900001",
        address = "Xóm 1, xã An Hòa",
        ethnicity = "01",
    };

    [Fact]
    public async Task Same_person_twice_is_one_record_with_the_ministrys_identifiers()
    {
        using var doctor = await server.SignInAs("bacsi");
        var first = await Post(doctor, "/health/patients", Person);
        var second = await Post(doctor, "/health/patients", Person);
        Assert.Equal(first["patientId"]!.ToString(), second["patientId"]!.ToString());
        Assert.False((bool)second["isNew"]!);

        using var system = await server.WithToken();
        var patient = await Get(system, $"/fhir/Patient/{first["patientId"]}");
        Assert.Equal(
            "http://fhir.ehealth.gov.vn/core/sid/national_id",
            patient["identifier"]![0]!["system"]!.ToString()
        );
        Assert.Equal("Hoàng", patient["name"]![0]!["family"]!.ToString());
        Assert.Equal("1984-03-12", patient["birthDate"]!.ToString());
    }

    [Fact]
    public async Task A_personal_ID_that_contradicts_is_a_warning()
    {
        using var doctor = await server.SignInAs("bacsi");
        var result = await Post(
            doctor,
            "/health/patients",
            new
            {
                fullName = "Lê Văn Khác Năm",
                birthDate = "1990",
                sex = "Male",
                personalId = "040184900002",
                address = "An Hòa",
            }
        );
        Assert.NotEmpty(result["warnings"]!.AsArray());
        Assert.True((bool)result["isNew"]!);
    }

    [Fact]
    public async Task A_visit_from_vital_signs_to_the_signed_prescription_and_its_replacement()
    {
        using var doctor = await server.SignInAs("bacsi");
        var encounter = await Visit(doctor, "040184900003");
        var code = await Sign(doctor, encounter);

        var read = await Get(doctor, $"/health/prescriptions/{code}");
        Assert.True((bool)read["signature"]!["isGood"]!);
        Assert.Equal("15 viên", read["view"]!["lines"]![0]!["quantity"]!.ToString());
        var pdf = await doctor.GetByteArrayAsync($"/health/prescriptions/{code}/pdf");
        Assert.Equal("%PDF"u8.ToArray(), pdf[..4]);

        // What was signed cannot be changed or deleted by the FHIR interface either.
        using var system = await server.WithToken();
        var document = await Get(system, $"/fhir/DocumentReference/{code}");
        var order = await Get(system, "/fhir/" + document["context"]!["related"]![0]!["reference"]);
        order["dispenseRequest"]!["quantity"]!["value"] = 150;
        Assert.Equal(HttpStatusCode.Conflict, await Put(system, order));
        document["description"] = "Khác";
        Assert.Equal(HttpStatusCode.Conflict, await Put(system, document));
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await system.DeleteAsync($"/fhir/DocumentReference/{code}")).StatusCode
        );

        var other = await Sign(doctor, encounter, replaces: code);
        Assert.NotEqual(code, other);
        Assert.Equal(
            "superseded",
            (await Get(system, $"/fhir/DocumentReference/{code}"))["status"]!.ToString()
        );
        var replaced = await Get(system, $"/fhir/DocumentReference/{other}");
        Assert.Equal(
            $"DocumentReference/{code}",
            replaced["relatesTo"]![0]!["target"]!["reference"]!.ToString()
        );
        Assert.True(
            (bool)(await Get(doctor, $"/health/prescriptions/{code}"))["signature"]!["isGood"]!
        );

        // Replaced once only.
        var again = await doctor.PostAsJsonAsync(
            $"/health/encounters/{encounter}/prescription",
            Draft(code)
        );
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task Mixed_classes_become_separate_prescriptions()
    {
        using var doctor = await server.SignInAs("bacsi");
        var encounter = await Visit(doctor, "040184900004");
        var signed = await Post(
            doctor,
            $"/health/encounters/{encounter}/prescription",
            new
            {
                lines = new[]
                {
                    new
                    {
                        drug = "para500",
                        dose = 1,
                        times = 3,
                        days = 5,
                    },
                    new
                    {
                        drug = "morphin10",
                        dose = 1,
                        times = 4,
                        days = 7,
                    },
                    new
                    {
                        drug = "diaz5",
                        dose = 1,
                        times = 1,
                        days = 7,
                    },
                },
            }
        );
        Assert.Equal(
            ["n", "h", "c"],
            signed["codes"]!.AsArray().Select(code => code!.ToString()[^1..])
        );
    }

    [Theory]
    [InlineData(999, 120, 80, HttpStatusCode.BadRequest)]
    [InlineData(80, 80, 120, HttpStatusCode.BadRequest)]
    [InlineData(80, 150, 95, HttpStatusCode.OK)]
    public async Task Impossible_vital_signs_are_refused(
        int pulse,
        int systolic,
        int diastolic,
        HttpStatusCode expected
    )
    {
        using var doctor = await server.SignInAs("bacsi");
        var encounter = await Visit(doctor, "040184900005");
        var response = await doctor.PostAsJsonAsync(
            $"/health/encounters/{encounter}/vital-signs",
            new
            {
                pulse,
                systolic,
                diastolic,
            }
        );
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task A_diagnosis_that_the_rules_refuse_says_why()
    {
        using var doctor = await server.SignInAs("bacsi");
        var encounter = await Visit(doctor, "040184900006");
        var response = await doctor.PostAsJsonAsync(
            $"/health/encounters/{encounter}/diagnoses",
            new { code = "C61", primary = false }
        );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("A4", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_finished_visit_stays_as_it_is()
    {
        using var doctor = await server.SignInAs("bacsi");
        var encounter = await Visit(doctor, "040184900007");
        (
            await doctor.PostAsync($"/health/encounters/{encounter}/finish", null)
        ).EnsureSuccessStatusCode();
        var late = await doctor.PostAsJsonAsync(
            $"/health/encounters/{encounter}/note",
            new { reason = "Muộn" }
        );
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
    }

    [Fact]
    public async Task A_note_that_somebody_else_saved_is_not_overwritten()
    {
        using var doctor = await server.SignInAs("bacsi");
        var encounter = await Visit(doctor, "040184900008");
        var first = await Post(
            doctor,
            $"/health/encounters/{encounter}/note",
            new { reason = "Sốt", history = "Ngày 1\nNgày 2 <sốt> & ho" }
        );
        (
            await doctor.PostAsJsonAsync(
                $"/health/encounters/{encounter}/note",
                new
                {
                    reason = "Sốt",
                    history = "Mới",
                    version = first["version"]!.ToString(),
                }
            )
        ).EnsureSuccessStatusCode();
        var stale = await doctor.PostAsJsonAsync(
            $"/health/encounters/{encounter}/note",
            new
            {
                reason = "Sốt",
                history = "Cũ",
                version = first["version"]!.ToString(),
            }
        );
        Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
    }

    [Theory]
    [InlineData("duocsi", "/health/encounters/x/prescription")]
    [InlineData("dieuduong", "/health/encounters/x/prescription")]
    [InlineData("giaovien", "/health/encounters")]
    [InlineData("thungan", "/health/encounters")]
    public async Task Others_may_not_write(string user, string address)
    {
        using var client = await server.SignInAs(user);
        var response = await client.PostAsJsonAsync(
            address,
            new { patientId = "x", lines = Array.Empty<object>() }
        );
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("/clinic")]
    [InlineData("/patients")]
    [InlineData("/patients/new")]
    public async Task Nobody_sees_pages_without_signing_in(string page)
    {
        using var client = server.NewBrowser();
        var response = await client.GetAsync(page);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
    }

    [Fact]
    public async Task A_signed_prescription_is_told_to_others()
    {
        using var doctor = await server.SignInAs("bacsi");
        var code = await Sign(doctor, await Visit(doctor, "040184900009"));
        await using var scope = server.Scope();
        var outbox = scope.ServiceProvider.GetRequiredService<Health.Fhir.Store.FhirDb>().Outbox;
        Assert.Contains(
            outbox.AsEnumerable(),
            message => message.Type == nameof(PrescriptionIssued) && message.Body.Contains(code)
        );
    }

    internal static async Task<string> Visit(HttpClient doctor, string personalId)
    {
        var patient = await Post(
            doctor,
            "/health/patients",
            new
            {
                fullName = $"Người Bệnh {personalId[^2..]}",
                birthDate = "1984-03-12",
                sex = "Female",
                personalId,
                address = "An Hòa",
            }
        );
        var encounter = await Post(
            doctor,
            "/health/encounters",
            new { patientId = patient["patientId"]!.ToString(), reason = "Đau họng" }
        );
        var id = encounter["id"]!.ToString();
        await doctor.PostAsJsonAsync(
            $"/health/encounters/{id}/vital-signs",
            new
            {
                temperature = 38.2,
                weight = 52,
                height = 158,
            }
        );
        await doctor.PostAsJsonAsync(
            $"/health/encounters/{id}/diagnoses",
            new { code = "J02.9", primary = true }
        );
        return id;
    }

    private static object Draft(string? replaces) =>
        new
        {
            lines = new[]
            {
                new
                {
                    drug = "para500",
                    dose = 1,
                    times = 3,
                    days = 5,
                    timing = "sau ăn",
                },
            },
            course = "Acute",
            replaces,
        };

    internal static async Task<string> Sign(
        HttpClient doctor,
        string encounter,
        string? replaces = null
    ) =>
        (await Post(doctor, $"/health/encounters/{encounter}/prescription", Draft(replaces)))[
            "codes"
        ]![0]!.ToString();

    internal static async Task<JsonNode> Post(HttpClient client, string address, object body)
    {
        var response = await client.PostAsJsonAsync(address, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{address}: {response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    internal static async Task<JsonNode> Get(HttpClient client, string address)
    {
        var response = await client.GetAsync(address);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{address}: {response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    internal static async Task<HttpStatusCode> Put(HttpClient client, JsonNode resource) =>
        (
            await client.PutAsync(
                $"/fhir/{resource["resourceType"]}/{resource["id"]}",
                new StringContent(
                    resource.ToJsonString(),
                    System.Text.Encoding.UTF8,
                    "application/fhir+json"
                )
            )
        ).StatusCode;
}
