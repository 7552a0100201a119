using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Testing;

namespace Health.Emr.Tests.Papers;

/// <summary>Referral, appointment, sick leave, discharge: filled in, signed, printed, never changed.</summary>
[Collection(nameof(Clinic))]
public sealed class PaperTests(DemoServer server)
{
    private static readonly DateOnly Today = DateOnly.FromDateTime(
        TimeProvider.System.GetUtcNow().AddHours(7).Date
    );

    public static readonly TheoryData<string, Dictionary<string, string>> Forms = new()
    {
        {
            "referral",
            new()
            {
                ["to"] = "Bệnh viện Hữu nghị Đa khoa Nghệ An",
                ["findings"] = "Đau ngực, khó thở",
                ["condition"] = "Tỉnh",
                ["reason"] = "Đủ điều kiện chuyển cơ sở theo yêu cầu chuyên môn",
            }
        },
        {
            "follow-up",
            new() { ["date"] = Today.AddDays(7).ToString("dd/MM/yyyy"), ["reason"] = "Khám lại" }
        },
        {
            "sick-leave",
            new()
            {
                ["employer"] = "Công ty May An Hòa",
                ["treatment"] = "Nghỉ ngơi, thuốc",
                ["from"] = Today.ToString("yyyy-MM-dd"),
                ["to"] = Today.AddDays(4).ToString("yyyy-MM-dd"),
            }
        },
        {
            "discharge",
            new()
            {
                ["admitted"] = Today.AddDays(-3).ToString("yyyy-MM-dd"),
                ["discharged"] = Today.ToString("yyyy-MM-dd"),
                ["treatment"] = "Kháng sinh",
                ["condition"] = "Ổn định",
            }
        },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Is_signed_printed_and_stays_as_it_is(
        string kind,
        Dictionary<string, string> fields
    )
    {
        using var doctor = await server.SignInAs("bacsi");
        var visit = await Visit(doctor, $"04018494{Array.IndexOf(Kinds, kind):D4}");
        var issued = await Clinic.Post(
            doctor,
            $"/health/encounters/{visit}/papers",
            new { kind, fields }
        );
        var code = issued["code"]!.ToString();
        var page = await Clinic.Page(doctor, $"/papers/{code}");
        Assert.Contains("Chữ ký số hợp lệ", page);
        Assert.All(
            fields.Where(field => !DateOnly.TryParse(field.Value, out _)),
            field => Assert.Contains(field.Value, page)
        );
        var pdf = await doctor.GetByteArrayAsync($"/health/papers/{code}/pdf");
        Assert.Equal("%PDF"u8.ToArray(), pdf[..4]);
        Assert.Contains(code, await Clinic.Page(doctor, $"/encounters/{visit}"));

        using var system = await server.WithToken();
        var document = await Clinic.Get(system, $"/fhir/DocumentReference/{code}");
        document["description"] = "Khác";
        Assert.Equal(HttpStatusCode.Conflict, await Put(system, document));
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await system.DeleteAsync($"/fhir/DocumentReference/{code}")).StatusCode
        );

        Assert.Equal(
            HttpStatusCode.NoContent,
            (await doctor.DeleteAsync($"/health/papers/{code}")).StatusCode
        );
        Assert.Contains("Giấy này đã hủy", await Clinic.Page(doctor, $"/papers/{code}"));
        // Withdrawn is withdrawn.
        document = await Clinic.Get(system, $"/fhir/DocumentReference/{code}");
        document["status"] = "current";
        Assert.Equal(HttpStatusCode.Conflict, await Put(system, document));
    }

    [Theory]
    [InlineData("sick-leave", "to", 40, "30 ngày")]
    [InlineData("sick-leave", "to", -2, "Ngày cuối")]
    [InlineData("follow-up", "date", 0, "sau hôm nay")]
    [InlineData("discharge", "discharged", -9, "Ra viện trước")]
    public async Task Dates_that_cannot_be_are_refused(
        string kind,
        string field,
        int days,
        string why
    )
    {
        using var doctor = await server.SignInAs("bacsi");
        var visit = await Visit(doctor, "040184950001");
        var fields = new Dictionary<string, string>(
            (Dictionary<string, string>)
                Forms.Single(form => (string)form.Data.Item1 == kind).Data.Item2
        )
        {
            [field] = Today.AddDays(days).ToString("yyyy-MM-dd"),
        };
        Assert.Contains(
            why,
            await Clinic.Refused(doctor, $"/health/encounters/{visit}/papers", new { kind, fields })
        );
    }

    [Fact]
    public async Task Needs_its_fields_a_diagnosis_and_a_doctor()
    {
        using var doctor = await server.SignInAs("bacsi");
        using var nurse = await server.SignInAs("dieuduong");
        var visit = await Clinic.Visit(doctor, await Clinic.Patient(doctor, "040184950002"));
        var refused = await Clinic.Refused(
            doctor,
            $"/health/encounters/{visit}/papers",
            new { kind = "referral", fields = new { } }
        );
        Assert.Contains("Kính gửi", refused);
        Assert.Contains("chưa có chẩn đoán", refused);
        await Clinic.Refused(
            nurse,
            $"/health/encounters/{visit}/papers",
            new { kind = "referral", fields = new { } },
            HttpStatusCode.Forbidden
        );
    }

    private static readonly string[] Kinds = ["referral", "follow-up", "sick-leave", "discharge"];

    private static async Task<string> Visit(HttpClient doctor, string personalId)
    {
        var visit = await Clinic.Visit(doctor, await Clinic.Patient(doctor, personalId));
        await doctor.PostAsJsonAsync(
            $"/health/encounters/{visit}/diagnoses",
            new { code = "J18.9", primary = true }
        );
        return visit;
    }

    private static async Task<HttpStatusCode> Put(HttpClient client, JsonNode resource) =>
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
