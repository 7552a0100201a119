using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
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
    public async Task What_a_doctor_writes_while_the_record_is_merged_is_the_survivor_s_and_goes_back_when_separated()
    {
        var kept = await Patient("Đoàn Thị Đua", "040181910011");
        var other = await Patient("Đoàn Thị Đúa", null, "0904777001");
        var merge = new { one = kept, other };
        var writes = Enumerable
            .Range(0, 24)
            .Select(i =>
                i % 6 == 3
                    ? i % 4 == 1
                        ? server.Client.DeleteAsync($"/api/citizens/merges/{other}")
                        : server.Client.PostAsJsonAsync("/api/citizens/merges", merge)
                    : Allergy(other, $"chất {i:D2}")
            )
            .ToList();
        var answers = await Task.WhenAll(writes);
        // Separating before anything was merged is the one thing that may be refused.
        Assert.All(
            answers.Where((_, i) => i % 6 != 3),
            answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode)
        );
        await server.Client.PostAsJsonAsync("/api/citizens/merges", merge);

        Assert.Equal(20, await Substances(kept));
        await server.Until(async () => await Link(other) == "replaced-by");
        // Told by one record alone, shown of the person while they are one.
        Assert.Contains("0904777001", (await Get($"/fhir/Patient/{kept}")).ToJsonString());

        await server.Client.DeleteAsync($"/api/citizens/merges/{other}");

        Assert.Equal((0, 20), (await Substances(kept), await Substances(other)));
        await server.Until(async () => await Link(kept) is null && await Link(other) is null);
        Assert.DoesNotContain("0904777001", (await Get($"/fhir/Patient/{kept}")).ToJsonString());
        Assert.Contains("0904777001", (await Get($"/fhir/Patient/{other}")).ToJsonString());
    }

    private async Task<int> Substances(string patient) =>
        Regex
            .Matches(
                WebUtility.HtmlDecode(await server.Client.GetStringAsync($"/patients/{patient}")),
                @"chất \d\d"
            )
            .DistinctBy(match => match.Value)
            .Count();

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
        Assert.NotNull((await Get($"/fhir/Patient/{id}"))["identifier"]![1]!["period"]!["end"]);
        // Found by the retired number still.
        Assert.Equal(
            id,
            Assert.Single(
                (await Get("/fhir/Patient?identifier=040081910002"))["entry"]!.AsArray()
            )!["resource"]!["id"]!.ToString()
        );
    }

    [Theory]
    [InlineData("Newborn", "Con bà Đoàn Thị Hạ", null)]
    [InlineData("Unknown", "Chưa rõ tên 7", null)]
    [InlineData("Foreigner", "John Ferdinand Doe", "N1234567")]
    public async Task Who_has_no_number_keeps_one_record_when_they_get_one(
        string kind,
        string name,
        string? passport
    )
    {
        var answer = await server.Client.PostAsJsonAsync(
            "/health/patients",
            new
            {
                fullName = name,
                birthDate = "2026-11-20",
                sex = "Male",
                temporary = kind,
                passport,
            }
        );
        var id = (await answer.Content.ReadFromJsonAsync<JsonNode>())!["patientId"]!.ToString();
        var before = (await Get($"/fhir/Patient/{id}"))["identifier"]!.AsArray();
        Assert.Contains(
            before,
            number =>
                number!["use"]!.ToString() == "temp"
                && number["value"]!.ToString().StartsWith("TAM-", StringComparison.Ordinal)
        );
        var personalId = $"04022600{(int)kind[0]:D2}{name.Length:D2}"[..12];

        await server.Client.PutAsJsonAsync(
            $"/api/citizens/{id}",
            new
            {
                fullName = "Đoàn Minh Thật",
                birthDate = "2026-11-20",
                sex = "Male",
                personalId,
            }
        );

        await server.Until(async () =>
            (await Get($"/fhir/Patient/{id}"))["name"]![0]!["text"]!.ToString() == "Đoàn Minh Thật"
        );
        var after = (await Get($"/fhir/Patient/{id}"))["identifier"]!
            .AsArray()
            .Select(number => (number!["use"]!.ToString(), number["period"]?["end"] is not null))
            .ToList();
        Assert.Equal(("official", false), after[0]);
        Assert.Contains(("old", true), after);
        Assert.DoesNotContain(after, number => number.Item1 == "temp");
    }

    [Fact]
    public async Task A_newborn_takes_over_what_is_known_of_the_mother_and_twins_are_two()
    {
        var mother = await Patient("Đoàn Thị Sinh", "040181910021", "0904888001");
        var path = $"/health/patients/{mother}/newborns";
        var first = await Newborn(path, 1);
        Assert.Equal(first, await Newborn(path, 1));
        var second = await Newborn(path, 2);
        Assert.NotEqual(first, second);

        var child = await Get($"/fhir/Patient/{second}");
        Assert.Equal("Con bà Đoàn Thị Sinh 2", child["name"]![0]!["text"]!.ToString());
        Assert.Equal("0904888001", child["telecom"]![0]!["value"]!.ToString());
        Assert.Equal(2, child["multipleBirthInteger"]!.GetValue<int>());
        Assert.Equal("Đoàn Thị Sinh", child["contact"]![0]!["name"]!["text"]!.ToString());
        var facts = (await Get($"/api/citizens/{first}/facts")).AsArray();
        Assert.Contains(
            facts,
            fact =>
                fact!["field"]!.ToString() == "Guardian"
                && fact["value"]!.ToString() == "Đoàn Thị Sinh"
                && fact["source"]!.ToString() == "Health"
        );
        foreach (var (born, order) in new[] { ("2020-01-01", 1), ("2999-01-01", 1), (null, 7) })
        {
            var refused = await server.Client.PostAsJsonAsync(
                path,
                new
                {
                    sex = "Male",
                    born,
                    order,
                }
            );
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
    }

    private async Task<string> Newborn(string path, int order)
    {
        var answer = await server.Client.PostAsJsonAsync(path, new { sex = "Female", order });
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!["patientId"]!.ToString();
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

        // Two of them stay two when only one is wanted.
        Assert.Null((await Match("Đoàn Thị Khớp", onlyCertain: true, count: 1))["entry"]);
        Assert.Single(
            (await Match("Đoàn Thị Khớp", onlyCertain: false, count: 1))["entry"]!.AsArray()
        );
        // A number alone says enough.
        var byNumber = await server.Client.PostAsJsonAsync(
            "/fhir/Patient/$match",
            new
            {
                resourceType = "Patient",
                identifier = new[]
                {
                    new
                    {
                        system = "http://fhir.ehealth.gov.vn/core/sid/national_id",
                        value = "040181910004",
                    },
                },
            }
        );
        var one = JsonNode.Parse(await byNumber.Content.ReadAsStringAsync())!["entry"]![0]!;
        Assert.Equal(id, one["resource"]!["id"]!.ToString());
        Assert.EndsWith($"/fhir/Patient/{id}", one["fullUrl"]!.ToString());

        var wrong = await server.Client.PostAsJsonAsync(
            "/fhir/Patient/$match",
            new { resourceType = "Parameters", parameter = Array.Empty<object>() }
        );
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
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

    private Task<HttpResponseMessage> Allergy(string patient, string substance) =>
        server.Client.PostAsJsonAsync(
            "/fhir/AllergyIntolerance",
            new
            {
                resourceType = "AllergyIntolerance",
                patient = new { reference = $"Patient/{patient}" },
                code = new { text = substance },
            }
        );

    private async Task<JsonNode> Match(string name, bool onlyCertain, int count = 5)
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
                    new { name = "count", valueInteger = count },
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
