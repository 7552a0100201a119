using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Testing;

namespace Health.Emr.Tests;

/// <summary>Clinical records follow when the register merges, separates or corrects their people.</summary>
public sealed class FollowCitizensTests(OpenServer server) : IClassFixture<OpenServer>
{
    [Fact]
    public async Task Patients_are_linked_while_merged_and_one_page_shows_both_records()
    {
        var kept = await Patient("Đoàn Thị Gộp", "040181910001");
        var other = await Patient("Đoàn Thị Góp", null);
        await Allergy(kept, "Penicillin");
        await Allergy(other, "Tôm");

        await server.Client.PostAsJsonAsync("/api/citizens/merges", new { one = kept, other });

        await server.Until(async () =>
            (await Get($"/fhir/Patient/{other}"))["active"]?.GetValue<bool>() == false
        );
        Assert.Equal("replaced-by", await Link(other));
        Assert.Equal("replaces", await Link(kept));
        var page = await server.Client.GetStringAsync($"/patients/{kept}");
        Assert.Contains("Penicillin", page);
        Assert.Contains("T&#xF4;m", page.Replace("Tôm", "T&#xF4;m"));
        Assert.Contains(
            $"/patients/{kept}",
            await server.Client.GetStringAsync($"/patients/{other}")
        );

        await server.Client.DeleteAsync($"/api/citizens/merges/{other}");

        await server.Until(async () =>
            (await Get($"/fhir/Patient/{other}"))["active"]?.GetValue<bool>() == true
        );
        Assert.Null(await Link(other));
        Assert.Null(await Link(kept));
        Assert.DoesNotContain(
            "Penicillin",
            await server.Client.GetStringAsync($"/patients/{other}")
        );
    }

    [Fact]
    public async Task A_corrected_name_and_number_reach_the_Patient_and_the_old_number_stays()
    {
        var id = await Patient("Đoàn Văn Cũ", "040081910002");
        await server.Client.PutAsJsonAsync(
            $"/api/citizens/{id}",
            new
            {
                fullName = "Đoàn Văn Mới",
                birthDate = "1981-05-05",
                sex = "Male",
                personalId = "040081910003",
            }
        );
        await server.Until(async () =>
            (await Get($"/fhir/Patient/{id}"))["name"]![0]!["text"]!.ToString() == "Đoàn Văn Mới"
        );
        var numbers = (await Get($"/fhir/Patient/{id}"))["identifier"]!
            .AsArray()
            .Select(number => $"{number!["use"]} {number["value"]}");
        Assert.Equal(["official 040081910003", "old 040081910002"], numbers);
    }

    [Fact]
    public async Task Match_scores_and_grades_and_certain_means_one_alone()
    {
        var id = await Patient("Đoàn Thị Khớp", "040181910004", "0904555666");
        var found = await Match("Doan Thi Khop", onlyCertain: false);
        var entry = Assert.Single(found["entry"]!.AsArray())!;
        Assert.Equal(id, entry["resource"]!["id"]!.ToString());
        Assert.InRange(entry["search"]!["score"]!.GetValue<decimal>(), 0.9m, 1m);
        Assert.Equal(
            "http://hl7.org/fhir/StructureDefinition/match-grade",
            entry["search"]!["extension"]![0]!["url"]!.ToString()
        );
        Assert.Equal("certain", entry["search"]!["extension"]![0]!["valueCode"]!.ToString());
        Assert.Single((await Match("Doan Thi Khop", onlyCertain: true))["entry"]!.AsArray());

        // Two who are certain are nobody for certain.
        await Patient("Đoàn Thị Khớp ", null, "0904555666");
        Assert.Null((await Match("Đoàn Thị Khớp", onlyCertain: true))["entry"]);
        Assert.Equal(
            2,
            (await Match("Đoàn Thị Khớp", onlyCertain: false))["entry"]!.AsArray().Count
        );

        var wrong = await server.Client.PostAsJsonAsync(
            "/fhir/Patient/$match",
            new { resourceType = "Parameters", parameter = Array.Empty<object>() }
        );
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    private async Task<string> Patient(string name, string? personalId, string? phone = null)
    {
        var answer = await server.Client.PostAsJsonAsync(
            "/health/patients",
            new
            {
                fullName = name,
                birthDate = "1981-05-05",
                sex = name.Contains("Thị") ? "Female" : "Male",
                personalId,
                phone,
            }
        );
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!["patientId"]!.ToString();
    }

    private Task Allergy(string patient, string substance) =>
        server.Client.PostAsJsonAsync(
            "/fhir/AllergyIntolerance",
            new
            {
                resourceType = "AllergyIntolerance",
                patient = new { reference = $"Patient/{patient}" },
                code = new { text = substance },
            }
        );

    private async Task<JsonNode> Match(string name, bool onlyCertain)
    {
        var answer = await server.Client.PostAsJsonAsync(
            "/fhir/Patient/$match",
            new
            {
                resourceType = "Parameters",
                parameter = new object[]
                {
                    new
                    {
                        name = "resource",
                        resource = new
                        {
                            resourceType = "Patient",
                            name = new[] { new { text = name } },
                            birthDate = "1981-05-05",
                            gender = "female",
                            telecom = new[] { new { system = "phone", value = "0904555666" } },
                        },
                    },
                    new { name = "onlyCertainMatches", valueBoolean = onlyCertain },
                    new { name = "count", valueInteger = 5 },
                },
            }
        );
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<string?> Link(string id) =>
        (await Get($"/fhir/Patient/{id}"))["link"]?[0]?["type"]?.ToString();

    private async Task<JsonNode> Get(string path) =>
        (await server.Client.GetFromJsonAsync<JsonNode>(path))!;
}

/// <summary>A server in which everyone may do everything, so that a test is about what happens and not about who may.</summary>
public sealed class OpenServer : RecordsServer
{
    /// <summary>Brings the events that wait to their handlers until the condition holds.</summary>
    public async Task Until(Func<Task<bool>> holds)
    {
        for (var round = 0; round < 200; round++)
        {
            if (await holds())
            {
                return;
            }
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }
        Assert.Fail("It never came.");
    }
}
