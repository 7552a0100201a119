using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SharedKernel.Contracts;

namespace SharedKernel.Tests.Citizens;

/// <summary>
/// Two Patients that are merged and separated in turn while a doctor writes Observations to the second of them, who is a pupil too;
/// and what was acknowledged of all that.
/// </summary>
internal sealed class MergingPair
{
    private readonly Citizen kept;
    private readonly Citizen other;
    private readonly List<string> observations = [];
    private bool merged;
    private bool doubtful;

    private MergingPair(Citizen kept, Citizen other) => (this.kept, this.other) = (kept, other);

    public CitizenId Other => other.Id;
    public int Acknowledged { get; private set; }
    public int Written => observations.Count;

    /// <summary>Merges and separations that took place, acknowledged or not.</summary>
    public int Done { get; private set; }

    /// <summary>How often an unanswered change had taken place, and how often not.</summary>
    public (int Done, int Not) Doubts { get; private set; }

    /// <param name="education">Where the school's service is; null where one server runs both.</param>
    public static async Task<List<MergingPair>> Several(
        HttpClient http,
        int count,
        int lane,
        HttpClient? education = null
    )
    {
        education ??= http;
        var school = $"010010000{lane}";
        await Send(
            education.PostAsJsonAsync(
                "/education/schools",
                new
                {
                    code = school,
                    name = "Trường THCS",
                    level = 3,
                }
            )
        );
        await Send(
            education.PutAsJsonAsync(
                $"/education/schools/{school}/years/2026",
                new
                {
                    starts = "2026-09-05",
                    term2Starts = "2027-01-18",
                    ends = "2027-05-31",
                }
            )
        );
        var opened = await Send(
            education.PostAsJsonAsync(
                $"/education/schools/{school}/classes",
                new
                {
                    year = 2026,
                    grade = 6,
                    name = "6A",
                }
            )
        );
        var pairs = new List<MergingPair>();
        for (var i = 0; i < count; i++)
        {
            var one = new CitizenDetails(
                $"Phó Thị Bền {i}",
                new(2015, 1, i + 1),
                Sex.Female,
                Phone: $"09010{lane}00{i:D2}"
            );
            var pair = new MergingPair(
                await Register(http, one),
                await Register(http, one with { FullName = $"Pho Thi Ben {i}", Ethnicity = "05" })
            );
            await Send(
                education.PostAsJsonAsync(
                    $"/education/classes/{opened!["id"]}/students",
                    new { citizen = pair.Other.Value }
                )
            );
            pairs.Add(pair);
        }
        return pairs;
    }

    /// <summary>People whom every server registers, half of them with a personal ID.</summary>
    public static async Task<CitizenId[]> SameForms(HttpClient http)
    {
        var forms = Enumerable
            .Range(0, 20)
            .Select(i => new CitizenDetails(
                $"Cù Thị Chung {(char)('A' + i)}",
                new(1990, 5, 5),
                Sex.Female,
                i % 2 == 0 ? $"0401900000{i:D2}" : null,
                Phone: $"09020000{i:D2}"
            ));
        var sent = await Task.WhenAll(forms.Select(form => Register(http, form)));
        return [.. sent.Select(citizen => citizen.Id)];
    }

    /// <summary>Merges, separates and writes until the server is gone.</summary>
    public Task Run(HttpClient http, bool withDoctor, Action changed) =>
        Task.WhenAll(
            UntilCut(() => Change(http, changed)),
            withDoctor ? UntilCut(() => Observe(http)) : Task.CompletedTask
        );

    private async Task Observe(HttpClient http)
    {
        var id = Guid.CreateVersion7().ToString();
        await Send(
            http.PutAsJsonAsync(
                $"/fhir/Observation/{id}",
                new
                {
                    resourceType = "Observation",
                    id,
                    status = "final",
                    code = new { text = "Mạch" },
                    subject = new { reference = $"Patient/{Other}" },
                }
            )
        );
        observations.Add(id);
    }

    /// <summary>Merges the two, or separates them again.</summary>
    public Task ChangeOnce(HttpClient http) => Change(http, () => { });

    private async Task Change(HttpClient http, Action changed)
    {
        doubtful = true;
        await Send(
            merged
                ? http.DeleteAsync($"/api/citizens/merges/{Other}")
                : http.PostAsJsonAsync(
                    "/api/citizens/merges",
                    new
                    {
                        one = kept.Id.Value,
                        other = Other.Value,
                        keep = kept.Id.Value,
                    }
                )
        );
        (doubtful, merged) = (false, !merged);
        Acknowledged++;
        Done++;
        changed();
    }

    private static async Task UntilCut(Func<Task> once)
    {
        try
        {
            while (true)
            {
                await once();
            }
        }
        catch (Exception cut) when (cut is HttpRequestException { StatusCode: null } or IOException)
        {
            // The server is gone; what was asked last may have been done.
        }
    }

    /// <summary>After a restart: what was acknowledged holds, what was not is wholly done or wholly not, and both records are whole.</summary>
    public async Task Settle(HttpClient http)
    {
        var found = await Get(http, Other);
        var isMerged = found.Id == kept.Id;
        Assert.True(isMerged == merged || doubtful, $"{Other}: an acknowledged change is gone");
        if (doubtful)
        {
            var done = isMerged != merged;
            Done += done ? 1 : 0;
            Doubts = done ? (Doubts.Done + 1, Doubts.Not) : (Doubts.Done, Doubts.Not + 1);
        }
        (merged, doubtful) = (isMerged, false);
        if (merged)
        {
            Assert.Equal(found, await Get(http, kept.Id));
            Assert.Equal(
                (kept.Details.FullName, other.Details.Ethnicity),
                (found.Details.FullName, found.Details.Ethnicity)
            );
        }
        else
        {
            Assert.Equal((kept, other), (await Get(http, kept.Id), found));
        }
    }

    /// <summary>Health and Education show the people as the register holds them, and every acknowledged Observation is there.</summary>
    public async Task IsFollowed(HttpClient http, HttpClient? education = null)
    {
        await IsFollowedByHealth(http);
        await IsFollowedByEducation(education ?? http);
    }

    private async Task IsFollowedByEducation(HttpClient http)
    {
        var expected = merged ? kept.Details.FullName : other.Details.FullName;
        string? shown = null;
        for (var round = 0; round < 600 && shown != expected; round++)
        {
            shown = (await http.GetFromJsonAsync<JsonNode>($"/education/students/{Other}/record"))![
                "name"
            ]!.ToString();
            await Task.Delay(shown == expected ? 0 : 100, TestContext.Current.CancellationToken);
        }
        Assert.Equal(expected, shown);
    }

    public async Task IsFollowedByHealth(HttpClient http)
    {
        var expected = merged ? ("replaces", "replaced-by", false) : ("", "", true);
        (string?, string?, bool?) shown = default;
        // Events are brought every two seconds at the latest; one that failed waits longer each time.
        for (var round = 0; round < 600 && shown != expected; round++)
        {
            var (first, second) = (await Patient(http, kept.Id), await Patient(http, Other));
            shown = (Link(first), Link(second), second["active"]!.GetValue<bool>());
            await Task.Delay(shown == expected ? 0 : 100, TestContext.Current.CancellationToken);
        }
        Assert.Equal(expected, shown);
        var written = new HashSet<string>();
        for (
            var page = $"/fhir/Observation?subject=Patient/{Other}&_count=1000&_elements=subject";
            page is not null;

        )
        {
            var bundle = (await http.GetFromJsonAsync<JsonNode>(page))!;
            written.UnionWith(
                (bundle["entry"]?.AsArray() ?? []).Select(entry =>
                    entry!["resource"]!["id"]!.ToString()
                )
            );
            page = bundle["link"]!
                .AsArray()
                .FirstOrDefault(link => link!["relation"]!.ToString() == "next")
                ?["url"]!.ToString();
        }
        Assert.Empty(observations.Except(written));
    }

    private static string Link(JsonNode patient) => patient["link"]?[0]?["type"]?.ToString() ?? "";

    private static async Task<JsonNode> Patient(HttpClient http, CitizenId id) =>
        (await http.GetFromJsonAsync<JsonNode>($"/fhir/Patient/{id}"))!;

    private static async Task<Citizen> Get(HttpClient http, CitizenId id) =>
        (await http.GetFromJsonAsync<Citizen>($"/api/citizens/{id}"))!;

    private static async Task<Citizen> Register(HttpClient http, CitizenDetails details)
    {
        var answer = await Send(http.PostAsJsonAsync("/health/patients", details));
        return await Get(http, CitizenId.Parse(answer!["patientId"]!.ToString()));
    }

    private static async Task<JsonNode?> Send(Task<HttpResponseMessage> request)
    {
        using var answer = await request;
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }
}
