using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Health.Emr.Hospital;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using Testing;

namespace Health.Emr.Tests.Hospital;

/// <summary>From the bed to the closed record.</summary>
[Collection(nameof(Clinic))]
public sealed class HospitalTests(DemoServer server)
{
    private static readonly DateOnly Today = DateOnly.FromDateTime(
        TimeProvider.System.GetUtcNow().AddHours(7).Date
    );

    [Fact]
    public async System.Threading.Tasks.Task A_stay_from_admission_to_the_closed_record()
    {
        using var doctor = await server.SignInAs("bacsi");
        using var system = await server.WithToken();
        var (ward, beds) = await Ward(doctor, system, "Khoa Nội thử", 3);
        var stay = await Admitted(doctor, "040184960001", beds[0]);
        Assert.Contains("Người Bệnh Số 001", await Clinic.Page(doctor, $"/wards/{ward}"));

        await Clinic.Post(
            doctor,
            $"/health/stays/{stay}/progress",
            new { course = "Sốt 38,5. Phổi ran ẩm đáy phải.", care = "Chăm sóc cấp II, ăn cháo." }
        );
        await Clinic.Post(
            doctor,
            $"/health/stays/{stay}/fluids",
            new { kind = "in-iv", millilitres = 500 }
        );
        await Clinic.Post(
            doctor,
            $"/health/stays/{stay}/fluids",
            new { kind = "out-urine", millilitres = 300 }
        );
        await Clinic.Refused(
            doctor,
            $"/health/stays/{stay}/fluids",
            new { kind = "in-iv", millilitres = 0 }
        );
        var sheet = await Clinic.Get(doctor, $"/health/stays/{stay}");
        Assert.Equal("G01", sheet["bed"]!.ToString());
        Assert.Equal(
            "Sốt 38,5. Phổi ran ẩm đáy phải.",
            sheet["progress"]![0]!["course"]!.ToString()
        );
        var page = await Clinic.Page(doctor, $"/stays/{stay}");
        Assert.Contains("Chăm sóc cấp II", page);

        await Clinic.Post(doctor, $"/health/stays/{stay}/transfer", new { bed = beds[1] });
        Assert.Equal("H", await StatusOf(system, beds[0]));
        Assert.Equal("O", await StatusOf(system, beds[1]));
        Assert.Equal("G02", (await Clinic.Get(doctor, $"/health/stays/{stay}"))["bed"]!.ToString());
        Assert.Contains("Phổi ran ẩm", await Clinic.Page(doctor, $"/wards/{ward}/handover"));

        // What still waits keeps the record open.
        var order = (
            await Clinic.Post(
                doctor,
                $"/health/encounters/{stay}/orders",
                new { codes = new[] { "cbc" } }
            )
        )["ids"]![0]!.ToString();
        var leaving = new
        {
            way = "home",
            course = "Viêm phổi, kháng sinh 7 ngày.",
            condition = "Hết sốt",
            advice = "Khám lại sau 7 ngày.",
        };
        Assert.Contains(
            "chờ kết quả",
            await Clinic.Refused(doctor, $"/health/stays/{stay}/discharge", leaving)
        );
        await doctor.DeleteAsync($"/health/orders/{order}");
        await Clinic.Refused(doctor, $"/health/stays/{stay}/discharge", new { way = "home" });
        await Clinic.Refused(
            doctor,
            $"/health/encounters/{stay}/finish",
            new { },
            HttpStatusCode.Conflict
        );
        await Clinic.Post(doctor, $"/health/stays/{stay}/discharge", leaving);

        Assert.Equal("H", await StatusOf(system, beds[1]));
        var closed = await Clinic.Get(system, $"/fhir/Encounter/{stay}");
        Assert.Equal("finished", closed["status"]!.ToString());
        Assert.Equal("ordinary", closed["meta"]!["tag"]![0]!["code"]!.ToString());
        Assert.Equal(
            Today.AddYears(10).ToString("yyyy-MM-dd"),
            closed["extension"]![0]!["valueDate"]!.ToString()
        );
        Assert.Contains("kháng sinh 7 ngày", await Clinic.Page(doctor, $"/stays/{stay}"));
        closed["reasonCode"] = new JsonArray(new JsonObject { ["text"] = "Khác" });
        var changed = await system.PutAsync(
            $"/fhir/Encounter/{stay}",
            new StringContent(
                closed.ToJsonString(),
                System.Text.Encoding.UTF8,
                "application/fhir+json"
            )
        );
        Assert.Equal(HttpStatusCode.Conflict, changed.StatusCode);
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await system.DeleteAsync($"/fhir/Encounter/{stay}")).StatusCode
        );
    }

    [Fact]
    public async System.Threading.Tasks.Task One_bed_is_given_once_and_only_with_a_diagnosis()
    {
        using var doctor = await server.SignInAs("bacsi");
        using var system = await server.WithToken();
        var (_, beds) = await Ward(doctor, system, "Khoa Ngoại thử", 1);
        var undiagnosed = await Clinic.Visit(doctor, await Clinic.Patient(doctor, "040184960002"));
        Assert.Contains(
            "chẩn đoán",
            await Clinic.Refused(
                doctor,
                $"/health/encounters/{undiagnosed}/admit",
                new { bed = beds[0] }
            )
        );
        var visits = new List<string>();
        foreach (var personalId in (string[])["040184960003", "040184960004", "040184960005"])
        {
            visits.Add(await Diagnosed(doctor, personalId));
        }
        var answers = await System.Threading.Tasks.Task.WhenAll(
            visits.Select(visit =>
                doctor.PostAsJsonAsync($"/health/encounters/{visit}/admit", new { bed = beds[0] })
            )
        );
        Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        Assert.All(
            answers.Where(answer => !answer.IsSuccessStatusCode),
            answer => Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode)
        );
        await Clinic.Refused(
            doctor,
            $"/health/beds/{beds[0]}/closed",
            new { },
            HttpStatusCode.Conflict
        );
        Assert.Contains(
            "Đã có khoa",
            await Clinic.Refused(doctor, "/health/wards", new { name = "khoa ngoại THỬ", beds = 2 })
        );
    }

    [Fact]
    public async System.Threading.Tasks.Task A_dose_is_given_once_to_the_right_patient_with_the_right_drug()
    {
        using var doctor = await server.SignInAs("bacsi");
        using var system = await server.WithToken();
        var (_, beds) = await Ward(doctor, system, "Khoa Nhi thử", 1);
        var stay = await Admitted(doctor, "040184960006", beds[0]);
        Assert.Contains(
            "không phải là giờ",
            await Clinic.Refused(
                doctor,
                $"/health/stays/{stay}/drugs",
                new
                {
                    drug = "para500",
                    dose = 1,
                    times = "sáng",
                }
            )
        );
        // Due within the hour, whatever the hour is: the present one and the next.
        var now = TimeProvider.System.GetUtcNow().ToOffset(VietnamTime.Offset);
        var due = new DateTimeOffset(
            now.Year,
            now.Month,
            now.Day,
            now.Hour,
            now.Minute,
            0,
            now.Offset
        ).AddMinutes(2);
        Assert.SkipWhen(
            due.Day != now.Day,
            "Two minutes before midnight there is no later hour today."
        );
        var order = (
            await Clinic.Post(
                doctor,
                $"/health/stays/{stay}/drugs",
                new
                {
                    drug = "para500",
                    dose = 1,
                    times = due.ToString("HH:mm"),
                }
            )
        )["id"]!.ToString();
        var dose = Assert.Single(
            (await Clinic.Get(doctor, $"/health/stays/{stay}"))["doses"]!.AsArray()
        )!;
        Assert.Equal("Due", dose["state"]!.ToString());

        var address = $"/health/drug-orders/{order}/doses";
        Assert.Contains(
            "không phải của",
            await Clinic.Refused(
                doctor,
                address,
                new
                {
                    due,
                    patient = "040184960001",
                    drug = "para500",
                }
            )
        );
        Assert.Contains(
            "không khớp y lệnh",
            await Clinic.Refused(
                doctor,
                address,
                new
                {
                    due,
                    patient = "040184960006",
                    drug = "amox500",
                }
            )
        );
        await Clinic.Refused(
            doctor,
            address,
            new
            {
                due = due.AddMinutes(7),
                patient = "040184960006",
                drug = "para500",
            }
        );
        var scans = new
        {
            due,
            patient = "040184960006|182345678|Người Bệnh",
            drug = "para500",
        };
        var both = await System.Threading.Tasks.Task.WhenAll(
            doctor.PostAsJsonAsync(address, scans),
            doctor.PostAsJsonAsync(address, scans)
        );
        Assert.Single(both, answer => answer.StatusCode == HttpStatusCode.NoContent);
        Assert.Single(both, answer => answer.StatusCode == HttpStatusCode.Conflict);
        dose = (await Clinic.Get(doctor, $"/health/stays/{stay}"))["doses"]![0]!;
        Assert.Equal("Given", dose["state"]!.ToString());
        await Clinic.Post(doctor, $"/health/drug-orders/{order}/stop", new { });
        Assert.Contains("đã ngừng", await Clinic.Page(doctor, $"/stays/{stay}"));

        // An allergy is refused until it is said why.
        var patient = VnId(await Clinic.Get(system, $"/fhir/Encounter/{stay}"));
        await Clinic.Post(
            doctor,
            $"/health/patients/{patient}/allergies",
            new { substance = "Amoxicillin" }
        );
        var wanted = new
        {
            drug = "amox500",
            dose = 1,
            times = "6, 18",
            days = 3,
        };
        Assert.Contains(
            "dị ứng",
            await Clinic.Refused(doctor, $"/health/stays/{stay}/drugs", wanted)
        );
        await Clinic.Post(
            doctor,
            $"/health/stays/{stay}/drugs",
            new
            {
                wanted.drug,
                wanted.dose,
                wanted.times,
                wanted.days,
                @override = "Đã test da âm tính",
            }
        );
    }

    [Fact]
    public async System.Threading.Tasks.Task A_form_is_data_and_its_answers_become_resources()
    {
        using var doctor = await server.SignInAs("bacsi");
        using var system = await server.WithToken();
        var (_, beds) = await Ward(doctor, system, "Khoa Sản thử", 1);
        var stay = await Admitted(doctor, "040184960007", beds[0]);
        var refused = await Clinic.Refused(
            doctor,
            $"/health/stays/{stay}/forms/nursing-admission",
            new
            {
                weight = "900",
                pain = "11",
                mind = "9",
            }
        );
        Assert.Contains("từ 0 đến 10", refused);
        Assert.Contains("Nguy cơ ngã: chưa ghi", refused);
        await Clinic.Post(
            doctor,
            $"/health/stays/{stay}/forms/nursing-admission",
            new
            {
                weight = "48,5",
                pain = "3",
                mind = "1",
                fall = "3",
            }
        );
        var weight = await Clinic.Get(
            system,
            $"/fhir/Observation?encounter=Encounter/{stay}&code=http://loinc.org|29463-7"
        );
        Assert.Equal(
            "48.5",
            weight["entry"]![0]!["resource"]!["valueQuantity"]!["value"]!.ToString()
        );
        var page = await Clinic.Page(doctor, $"/stays/{stay}/forms");
        Assert.Contains("Phiếu nhận định ban đầu của điều dưỡng", page);
        Assert.Contains("Cao", page);

        await Clinic.Post(
            doctor,
            $"/health/stays/{stay}/forms/procedure-note",
            new
            {
                name = "Cắt ruột thừa nội soi",
                date = Today.ToString("yyyy-MM-dd"),
                team = "BS. Trần Minh Đức",
                steps = "Ba trocar, cắt ruột thừa, rửa ổ bụng.",
                outcome = "1",
            }
        );
        var procedure = await Clinic.Get(system, $"/fhir/Procedure?encounter=Encounter/{stay}");
        Assert.Equal(
            "Cắt ruột thừa nội soi",
            procedure["entry"]![0]!["resource"]!["code"]!["text"]!.ToString()
        );
    }

    [Fact]
    public void Every_form_is_a_questionnaire_that_the_pages_understand() =>
        Assert.All(
            FillForm.Forms,
            form =>
            {
                var items = FillForm.Flat(form.Item).ToList();
                Assert.Distinct(items.Select(item => item.LinkId));
                Assert.All(
                    items,
                    item =>
                    {
                        Assert.Contains(
                            item.Type!.Value,
                            (Questionnaire.QuestionnaireItemType[])
                                [
                                    Questionnaire.QuestionnaireItemType.Group,
                                    Questionnaire.QuestionnaireItemType.Display,
                                    Questionnaire.QuestionnaireItemType.Boolean,
                                    Questionnaire.QuestionnaireItemType.String,
                                    Questionnaire.QuestionnaireItemType.Text,
                                    Questionnaire.QuestionnaireItemType.Integer,
                                    Questionnaire.QuestionnaireItemType.Decimal,
                                    Questionnaire.QuestionnaireItemType.Date,
                                    Questionnaire.QuestionnaireItemType.Choice,
                                ]
                        );
                        Assert.All(
                            item.EnableWhen,
                            condition =>
                                Assert.Contains(items, one => one.LinkId == condition.Question)
                        );
                    }
                );
            }
        );

    [Theory]
    [InlineData(true, "I10", "death", 30)]
    [InlineData(false, "F20.0", "mental", 20)]
    [InlineData(false, "V23.4", "traffic", 20)]
    [InlineData(false, "V95.0", "ordinary", 10)] // in the air
    [InlineData(false, "J62.8", "occupational", 20)]
    [InlineData(false, "J18.9", "ordinary", 10)]
    public void A_record_is_kept_as_long_as_its_class_asks(
        bool died,
        string code,
        string kept,
        int years
    )
    {
        var retention = Stay.RetentionOf(died, [code]);
        Assert.Equal((kept, years), (retention.Code, retention.Years));
    }

    [Fact]
    public void Counts_fluids_in_and_out()
    {
        var kinds = RecordFluid.Kinds.ToDictionary(kind => kind.Code);
        RecordFluid.Line Line(string kind, int millilitres) =>
            new(default, kinds[kind], millilitres, null);
        Assert.Equal(
            150,
            RecordFluid.Balance([
                Line("in-iv", 500),
                Line("in-oral", 150),
                Line("out-urine", 450),
                Line("out-vomit", 50),
            ])
        );
    }

    private static string VnId(JsonNode encounter) =>
        encounter["subject"]!["reference"]!.ToString().Split('/')[1];

    private static async Task<string> StatusOf(HttpClient system, string bed) =>
        (await Clinic.Get(system, $"/fhir/Location/{bed}"))["operationalStatus"]![
            "code"
        ]!.ToString();

    private static async Task<(string Ward, string[] Beds)> Ward(
        HttpClient doctor,
        HttpClient system,
        string name,
        int beds
    )
    {
        var ward = (await Clinic.Post(doctor, "/health/wards", new { name, beds }))[
            "id"
        ]!.ToString();
        var found = await Clinic.Get(system, $"/fhir/Location?partof=Location/{ward}&_count=50");
        return (
            ward,
            [
                .. found["entry"]!
                    .AsArray()
                    .Select(entry => entry!["resource"]!)
                    .OrderBy(bed => bed["name"]!.ToString(), StringComparer.Ordinal)
                    .Select(bed => bed["id"]!.ToString()),
            ]
        );
    }

    private static async Task<string> Diagnosed(HttpClient doctor, string personalId)
    {
        var visit = await Clinic.Visit(doctor, await Clinic.Patient(doctor, personalId));
        await Clinic.Post(
            doctor,
            $"/health/encounters/{visit}/diagnoses",
            new { code = "J18.9", primary = true }
        );
        return visit;
    }

    private static async Task<string> Admitted(HttpClient doctor, string personalId, string bed) =>
        (
            await Clinic.Post(
                doctor,
                $"/health/encounters/{await Diagnosed(doctor, personalId)}/admit",
                new { bed }
            )
        )["id"]!.ToString();
}
