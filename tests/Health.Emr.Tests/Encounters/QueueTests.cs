using System.Net;
using System.Text.Json.Nodes;
using Testing;

namespace Health.Emr.Tests.Encounters;

/// <summary>Today's queue: who is seen first, how long they wait, and where they are.</summary>
[Collection(nameof(Clinic))]
public sealed class QueueTests(DemoServer server)
{
    [Fact]
    public async Task Who_is_worse_is_seen_first_and_the_visit_tells_how_long_each_step_took()
    {
        using var doctor = await server.SignInAs("bacsi");
        var calm = await Waiting(doctor, "040184910001", 5);
        var unjudged = await Waiting(doctor, "040184910002", null);
        var urgent = await Waiting(doctor, "040184910003", 2);
        Assert.Equal([urgent, calm, unjudged], await Order(doctor, calm, unjudged, urgent));

        await Move(doctor, unjudged, new { step = "Triage", level = 1 });
        Assert.Equal([unjudged, urgent, calm], await Order(doctor, calm, unjudged, urgent));

        await Move(doctor, calm, new { step = "Call", room = "Phòng 2" });
        var called = await Row(doctor, calm);
        Assert.Equal("Called", called["stage"]!.ToString());
        Assert.Equal("Phòng 2", called["room"]!.ToString());

        await Move(doctor, calm, new { step = "Start" });
        var seen = await Row(doctor, calm);
        Assert.Equal("InRoom", seen["stage"]!.ToString());
        Assert.Equal("Phòng 2", seen["room"]!.ToString());
        Assert.NotNull(seen["doctor"]);
        using var system = await server.WithToken();
        var encounter = await Clinic.Get(system, $"/fhir/Encounter/{calm}");
        Assert.Equal("in-progress", encounter["status"]!.ToString());
        Assert.Equal("triaged", encounter["statusHistory"]![0]!["status"]!.ToString());

        // Nobody is called out of the room.
        await Clinic.Refused(
            doctor,
            $"/health/encounters/{calm}/queue",
            new { step = "Call" },
            HttpStatusCode.Conflict
        );
        await Move(doctor, urgent, new { step = "Leave" });
        Assert.Equal("Done", (await Row(doctor, urgent))["stage"]!.ToString());
    }

    [Fact]
    public async Task A_level_that_there_is_not_is_refused()
    {
        using var doctor = await server.SignInAs("bacsi");
        var visit = await Waiting(doctor, "040184910004", null);
        Assert.Contains(
            "từ 1 đến 5",
            await Clinic.Refused(
                doctor,
                $"/health/encounters/{visit}/queue",
                new { step = "Triage", level = 6 }
            )
        );
    }

    [Fact]
    public async Task A_patient_who_waits_is_not_received_twice()
    {
        using var doctor = await server.SignInAs("bacsi");
        var patient = await Clinic.Patient(doctor, "040184910005");
        var first = await Clinic.Visit(doctor, patient, waits: true);
        Assert.Equal(first, await Clinic.Visit(doctor, patient, waits: true));
    }

    [Fact]
    public async Task What_was_carried_over_and_not_changed_stays_marked()
    {
        using var doctor = await server.SignInAs("bacsi");
        var patient = await Clinic.Patient(doctor, "040184910006");
        var first = await Clinic.Visit(doctor, patient);
        await Clinic.Post(
            doctor,
            $"/health/encounters/{first}/note",
            new { history = "Đau đầu 2 ngày.\nKhông sốt.", examination = "Tỉnh." }
        );
        await Clinic.Post(
            doctor,
            $"/health/encounters/{first}/diagnoses",
            new { code = "R51", primary = true }
        );
        await Clinic.Post(doctor, $"/health/encounters/{first}/finish", new { });

        var second = await Clinic.Visit(doctor, patient);
        Assert.Contains("Chép phiếu", await Clinic.Page(doctor, $"/encounters/{second}"));
        await Clinic.Post(
            doctor,
            $"/health/encounters/{second}/note",
            new { history = "Đau đầu 5 ngày.\nKhông sốt.", copiedFrom = first }
        );
        using var system = await server.WithToken();
        var note = await Clinic.Get(system, $"/fhir/Composition/{second}");
        Assert.Equal(
            $"Composition/{first}",
            note["relatesTo"]![0]!["targetReference"]!["reference"]!.ToString()
        );
        var text = WebUtility.HtmlDecode(note["section"]![0]!["text"]!["div"]!.ToString());
        Assert.Contains("<p class=\"copied\">Không sốt.</p>", text);
        Assert.Contains("<p>Đau đầu 5 ngày.</p>", text);

        // Another person's note cannot be carried over.
        var other = await Clinic.Visit(doctor, await Clinic.Patient(doctor, "040184910007"));
        await Clinic.Refused(
            doctor,
            $"/health/encounters/{other}/note",
            new { history = "x", copiedFrom = first }
        );
    }

    private static async Task<string> Waiting(HttpClient doctor, string personalId, int? level) =>
        await Clinic.Visit(doctor, await Clinic.Patient(doctor, personalId), waits: true, level);

    private static Task Move(HttpClient doctor, string visit, object step) =>
        Clinic.Post(doctor, $"/health/encounters/{visit}/queue", step);

    private static async Task<JsonArray> Today(HttpClient doctor) =>
        (await Clinic.Get(doctor, "/health/encounters/today")).AsArray();

    private static async Task<string[]> Order(HttpClient doctor, params string[] visits) =>
        [
            .. (await Today(doctor))
                .Select(row => row!["encounterId"]!.ToString())
                .Where(visits.Contains),
        ];

    private static async Task<JsonNode> Row(HttpClient doctor, string visit) =>
        (await Today(doctor)).Single(row => row!["encounterId"]!.ToString() == visit)!;
}
