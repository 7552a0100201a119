using System.Net;
using System.Net.Http.Json;
using Health.Emr.Orders;
using SharedKernel.Contracts;
using Testing;

namespace Health.Emr.Tests.Orders;

/// <summary>From the order to the result that its doctor has seen.</summary>
[Collection(nameof(Clinic))]
public sealed class OrderTests(DemoServer server)
{
    [Theory]
    [InlineData("hgb", 125, Sex.Male, 480, "L")]
    [InlineData("hgb", 125, Sex.Female, 480, "N")]
    [InlineData("hgb", 69, Sex.Female, 480, "LL")]
    [InlineData("k", 6.6, Sex.Male, 480, "HH")]
    [InlineData("k", 6.5, Sex.Male, 480, "H")]
    [InlineData("wbc", 12, Sex.Male, 30, "N")] // a child of two and a half
    [InlineData("wbc", 12, Sex.Male, 480, "H")]
    [InlineData("mcv", 85, Sex.Male, 12, null)] // no limits at this age
    public void Judges_by_sex_and_age(
        string item,
        decimal value,
        Sex sex,
        int months,
        string? mark
    ) =>
        Assert.Equal(
            mark,
            TestCatalogue
                .All.SelectMany(service => service.Items)
                .First(one => one.Key == item)
                .Judge(value, sex, months)
        );

    [Fact]
    public void Every_service_is_whole()
    {
        Assert.All(
            TestCatalogue.All,
            service =>
            {
                Assert.Equal(service.Kind is TestKind.Lab, service.Items.Count > 0);
                Assert.Matches("^[0-9]+-[0-9]$", service.Loinc);
                Assert.All(
                    service.Items,
                    item => Assert.True(item.IsNumber == item.Unit.Length > 0, item.Key)
                );
            }
        );
        Assert.Distinct(TestCatalogue.All.Select(service => service.Code));
    }

    [Fact]
    public async Task A_result_lies_unread_before_its_doctor_until_it_was_seen()
    {
        using var doctor = await server.SignInAs("bacsi");
        using var elsewhere = await server.SignInAs("bacsi-tyt");
        await server.AddDoctor("bacsi-cungkhoa", "40012");
        using var colleague = await server.SignInAs("bacsi-cungkhoa");
        var patient = await Clinic.Patient(doctor, "040184930001");
        var visit = await Clinic.Visit(doctor, patient);
        var order = await Ordered(doctor, visit, "elec");
        Assert.Contains("Điện giải đồ", await Clinic.Page(doctor, "/orders"));
        Assert.Contains(
            "đang chờ",
            await Clinic.Refused(
                doctor,
                $"/health/encounters/{visit}/orders",
                new { codes = new[] { "elec" } }
            )
        );

        // What no living body has, and what is no number, leaves nothing behind.
        var wrong = await Clinic.Refused(
            doctor,
            $"/health/orders/{order}/results",
            new
            {
                values = new
                {
                    na = "1400",
                    k = "abc",
                    cl = "101",
                },
            }
        );
        Assert.Contains("Natri", wrong);
        Assert.Contains("abc", wrong);
        using var system = await server.WithToken();
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await system.GetAsync($"/fhir/DiagnosticReport/{order}")).StatusCode
        );

        await Clinic.Post(
            doctor,
            $"/health/orders/{order}/results",
            new
            {
                values = new
                {
                    na = "138",
                    k = "6,8",
                    cl = "101",
                },
            }
        );
        var report = await Clinic.Get(system, $"/fhir/DiagnosticReport/{order}");
        Assert.Equal("final", report["status"]!.ToString());
        Assert.Equal(3, report["result"]!.AsArray().Count);
        var potassium = await Clinic.Get(system, $"/fhir/Observation/{order}-k");
        Assert.Equal("HH", potassium["interpretation"]![0]!["coding"]![0]!["code"]!.ToString());
        Assert.Equal(
            "completed",
            (await Clinic.Get(system, $"/fhir/ServiceRequest/{order}"))["status"]!.ToString()
        );

        var unread = (await Clinic.Get(doctor, "/health/results/unread"))["rows"]!.AsArray();
        Assert.True((bool)unread.Single(row => row!["orderId"]!.ToString() == order)!["critical"]!);
        await Clinic.Refused(
            elsewhere,
            $"/health/orders/{order}/seen",
            new { },
            HttpStatusCode.NotFound
        );
        Assert.Contains(
            "chờ bác sĩ đã chỉ định",
            await Clinic.Refused(
                colleague,
                $"/health/orders/{order}/seen",
                new { },
                HttpStatusCode.Conflict
            )
        );
        await Clinic.Post(doctor, $"/health/orders/{order}/seen", new { });
        Assert.DoesNotContain(
            (await Clinic.Get(doctor, "/health/results/unread"))["rows"]!.AsArray(),
            row => row!["orderId"]!.ToString() == order
        );

        // Corrected: the same places get a new version, and it is unread once more.
        await Clinic.Post(
            doctor,
            $"/health/orders/{order}/results",
            new
            {
                values = new
                {
                    na = "138",
                    k = "4,8",
                    cl = "101",
                },
            }
        );
        var corrected = await Clinic.Get(system, $"/fhir/Observation/{order}-k");
        Assert.Equal("corrected", corrected["status"]!.ToString());
        Assert.Equal("2", corrected["meta"]!["versionId"]!.ToString());
        Assert.Contains(
            (await Clinic.Get(doctor, "/health/results/unread"))["rows"]!.AsArray(),
            row => row!["orderId"]!.ToString() == order
        );
        Assert.Contains("4,8 mmol/L", await Clinic.Page(doctor, $"/patients/{patient}/results"));
        Assert.Contains("đã sửa", await Clinic.Page(doctor, $"/orders/{order}"));
    }

    [Fact]
    public async Task Imaging_has_a_conclusion_and_a_picture_that_is_one()
    {
        using var doctor = await server.SignInAs("bacsi");
        var visit = await Clinic.Visit(doctor, await Clinic.Patient(doctor, "040184930002"));
        var order = await Ordered(doctor, visit, "cxr");
        byte[] png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0];
        Assert.Contains(
            "PNG",
            await Clinic.Refused(
                doctor,
                $"/health/orders/{order}/results",
                new
                {
                    conclusion = "Bình thường",
                    image = new { type = "image/png", content = "<script>"u8.ToArray() },
                }
            )
        );
        Assert.Contains(
            "https://",
            await Clinic.Refused(
                doctor,
                $"/health/orders/{order}/results",
                new { conclusion = "Bình thường", link = "javascript:alert(1)" }
            )
        );
        await Clinic.Post(
            doctor,
            $"/health/orders/{order}/results",
            new
            {
                conclusion = "Tim phổi bình thường.",
                image = new { type = "image/png", content = png },
            }
        );
        var file = await doctor.GetAsync($"/health/orders/{order}/files/0");
        Assert.Equal("image/png", file.Content.Headers.ContentType!.MediaType);
        Assert.Equal(png, await file.Content.ReadAsByteArrayAsync());
        Assert.Contains("sandbox", file.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await doctor.GetAsync($"/health/orders/{order}/files/1")).StatusCode
        );
    }

    [Fact]
    public async Task An_order_is_cancelled_while_it_waits()
    {
        using var doctor = await server.SignInAs("bacsi");
        var visit = await Clinic.Visit(doctor, await Clinic.Patient(doctor, "040184930003"));
        var order = await Ordered(doctor, visit, "glu");
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await doctor.DeleteAsync($"/health/orders/{order}")).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await doctor.DeleteAsync($"/health/orders/{order}")).StatusCode
        );
        await Clinic.Refused(
            doctor,
            $"/health/orders/{order}/results",
            new { values = new { glu = "5" } },
            HttpStatusCode.Conflict
        );
        using var pharmacist = await server.SignInAs("duocsi");
        var denied = await pharmacist.PostAsJsonAsync(
            $"/health/encounters/{visit}/orders",
            new { codes = new[] { "glu" } }
        );
        Assert.Equal(HttpStatusCode.Forbidden, denied.StatusCode);
    }

    private static async Task<string> Ordered(HttpClient doctor, string visit, string code) =>
        (
            await Clinic.Post(
                doctor,
                $"/health/encounters/{visit}/orders",
                new { codes = new[] { code } }
            )
        )["ids"]![0]!.ToString();
}
