using System.Net;
using Health.Emr.Patients;
using Testing;

namespace Health.Emr.Tests.Patients;

/// <summary>What every page about a patient shows at its head, and the pages beside the record.</summary>
[Collection(nameof(Clinic))]
public sealed class PatientHeadTests(DemoServer server)
{
    [Fact]
    public async Task A_long_lasting_disease_comes_on_the_problem_list_once_and_is_resolved_by_hand()
    {
        using var doctor = await server.SignInAs("bacsi");
        var patient = await Clinic.Patient(doctor, "040184920001");
        var visit = await Clinic.Visit(doctor, patient);
        foreach (var code in (string[])["I10", "J02.9"])
        {
            await Clinic.Post(
                doctor,
                $"/health/encounters/{visit}/diagnoses",
                new { code, primary = code == "I10" }
            );
        }
        await Clinic.Post(doctor, $"/health/encounters/{visit}/finish", new { });
        var again = await Clinic.Visit(doctor, patient);
        await Clinic.Post(
            doctor,
            $"/health/encounters/{again}/diagnoses",
            new { code = "I10", primary = true }
        );

        using var system = await server.WithToken();
        var list = await Clinic.Get(
            system,
            $"/fhir/Condition?patient={patient}&category=problem-list-item"
        );
        var problem = Assert.Single(list["entry"]!.AsArray())!["resource"]!;
        Assert.Equal("I10", problem["code"]!["coding"]![0]!["code"]!.ToString());
        Assert.Contains("Vấn đề:", await Clinic.Page(doctor, $"/patients/{patient}/timeline"));

        await Clinic.Post(doctor, $"/health/problems/{problem["id"]}/resolve", new { });
        Assert.DoesNotContain("Vấn đề:", await Clinic.Page(doctor, $"/patients/{patient}/vitals"));
        await Clinic.Post(doctor, $"/health/problems/{problem["id"]}/reopen", new { });
        Assert.Contains("Vấn đề:", await Clinic.Page(doctor, $"/patients/{patient}/vitals"));
    }

    [Fact]
    public async Task A_diagnosis_taken_back_takes_its_problem_along()
    {
        using var doctor = await server.SignInAs("bacsi");
        var patient = await Clinic.Patient(doctor, "040184920002");
        var visit = await Clinic.Visit(doctor, patient);
        await Clinic.Post(
            doctor,
            $"/health/encounters/{visit}/diagnoses",
            new { code = "E11.9", primary = true }
        );
        using var system = await server.WithToken();
        var diagnosis = (await Clinic.Get(system, $"/fhir/Encounter/{visit}"))["diagnosis"]![0]![
            "condition"
        ]!["reference"]!.ToString();
        var removed = await doctor.DeleteAsync(
            $"/health/encounters/{visit}/diagnoses/{diagnosis.Split('/')[1]}"
        );
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.DoesNotContain("Vấn đề:", await Clinic.Page(doctor, $"/patients/{patient}"));
    }

    [Theory]
    [InlineData("2026-07-18", "2026-11-28", "19 tuần 0 ngày")]
    [InlineData("2026-02-21", "2026-11-28", "40 tuần 0 ngày")]
    public void Counts_the_pregnancy_from_the_last_period(string period, string on, string age) =>
        Assert.Equal(
            age,
            new Pregnancy(DateOnly.Parse(period).AddDays(Pregnancy.Days)).AgeOn(DateOnly.Parse(on))
        );

    [Fact]
    public async Task A_pregnancy_stands_at_the_head_until_it_is_over()
    {
        using var doctor = await server.SignInAs("bacsi");
        var patient = await Clinic.Patient(doctor, "040198920003", "1998-05-05");
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().AddHours(7).Date);
        await Clinic.Post(
            doctor,
            $"/health/patients/{patient}/pregnancy",
            new { pregnant = true, lastPeriod = today.AddDays(-70) }
        );
        Assert.Contains("10 tuần 0 ngày", await Clinic.Page(doctor, $"/patients/{patient}"));
        await Clinic.Refused(
            doctor,
            $"/health/patients/{patient}/pregnancy",
            new { pregnant = true, lastPeriod = today.AddDays(-400) }
        );
        await Clinic.Post(
            doctor,
            $"/health/patients/{patient}/pregnancy",
            new { pregnant = false }
        );
        Assert.DoesNotContain("10 tuần", await Clinic.Page(doctor, $"/patients/{patient}"));

        var man = await Clinic.Patient(doctor, "040090920004", "1990-05-05", "Male");
        await Clinic.Refused(
            doctor,
            $"/health/patients/{man}/pregnancy",
            new { pregnant = true, lastPeriod = today.AddDays(-70) }
        );
    }

    [Fact]
    public async Task A_childs_measurements_are_judged_by_the_standard_of_how_they_were_taken()
    {
        using var doctor = await server.SignInAs("bacsi");
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().AddHours(7).Date);
        var born = today.AddDays(-365);
        var child = await Clinic.Patient(
            doctor,
            "040225920005",
            born.ToString("yyyy-MM-dd"),
            "Male"
        );
        var visit = await Clinic.Visit(doctor, child);
        await Clinic.Post(
            doctor,
            $"/health/encounters/{visit}/vital-signs",
            new
            {
                weight = 6.8,
                length = 75.7,
                head = 46.0,
            }
        );
        var growth = await Clinic.Get(doctor, $"/health/patients/{child}/growth");
        var measured = Assert.Single(growth["visits"]!.AsArray())!;
        Assert.Equal(365, (int)measured["day"]!);
        Assert.Equal("Lying", measured["posture"]!.ToString());
        var scores = measured["scores"]!
            .AsArray()
            .ToDictionary(score => score!["indicator"]!.ToString(), score => score!);
        Assert.Equal(5, scores.Count);
        Assert.Equal("Nhẹ cân nặng", scores["WeightForAge"]["text"]!.ToString());
        Assert.Equal("Bình thường", scores["HeightForAge"]["text"]!.ToString());
        var page = await Clinic.Page(doctor, $"/patients/{child}/growth");
        Assert.Contains("Nhẹ cân nặng", page);
        Assert.Contains("<svg class=\"chart\"", page);
        Assert.Contains(
            "<svg class=\"chart\"",
            await Clinic.Page(doctor, $"/patients/{child}/vitals")
        );
    }
}
