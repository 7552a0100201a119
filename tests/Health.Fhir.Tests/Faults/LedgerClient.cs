using System.Net;
using System.Text.Json.Nodes;
using Health.Fhir.Tests.Api;

namespace Health.Fhir.Tests.Faults;

/// <summary>
/// One client that writes to resources of its own and remembers what was acknowledged. When an answer does not come it does not
/// know whether the write took place; <see cref="Settle"/> finds out, and fails unless all of it did or none.
/// </summary>
internal sealed class LedgerClient(int number, int seed)
{
    public const string System = "urn:records:kill";

    private readonly Random random = new(seed);
    private readonly List<string> live = [];
    private readonly string own = Guid.CreateVersion7().ToString("N");
    private Func<HttpClient, Task>? doubt;
    private int made;

    /// <summary>What must be there, by reference (<c>Patient/12</c>).</summary>
    public Dictionary<string, Known> Resources { get; } = [];

    /// <summary>Identifiers of what was found not to have been written.</summary>
    public List<string> Absent { get; } = [];

    public int Acknowledged { get; private set; }

    /// <summary>How often an unanswered write had taken place, and how often not.</summary>
    public (int Done, int Not) Doubts { get; private set; }

    /// <param name="Audited">Acknowledged writes of this Patient, each of which must have left an audit row that names it.</param>
    public sealed record Known(int Version, string? Marker, int Audited);

    public bool IsInDoubt => doubt is not null;

    /// <summary>Writes until an answer fails to come or <paramref name="until"/> says so.</summary>
    public async Task Run(HttpClient http, Action acknowledged, CancellationToken until)
    {
        try
        {
            while (!until.IsCancellationRequested)
            {
                await Next(http);
                Acknowledged++;
                acknowledged();
            }
        }
        catch (Exception error)
            when (error is HttpRequestException or IOException or OperationCanceledException) { }
    }

    /// <summary>Finds out what became of the write that was not answered.</summary>
    public async Task Settle(HttpClient http)
    {
        if (doubt is not null)
        {
            await doubt(http);
            doubt = null;
        }
    }

    private Task Next(HttpClient http)
    {
        var choice = random.Next(100);
        return choice switch
        {
            _ when live.Count < 2 => Create(http, conditional: false),
            < 20 => Create(http, conditional: false),
            < 35 => Create(http, conditional: true),
            < 70 => Update(http),
            < 80 => Delete(http),
            _ => Bundle(http),
        };
    }

    private string NewMarker() => $"c{number}-{own}-{made++}";

    private static string Patient(string marker) =>
        $$"""{"resourceType":"Patient","identifier":[{"system":"{{System}}","value":"{{marker}}"}],"name":[{"family":"{{marker}}"}],"birthDate":"1980-02-03"}""";

    private async Task Create(HttpClient http, bool conditional)
    {
        var marker = NewMarker();
        doubt = async again =>
        {
            var found = await Find(again, "Patient", marker);
            Assert.True(found.Count <= 1, $"{marker} is there {found.Count} times");
            Doubted(found.Count == 1);
            if (found.Count == 0)
            {
                Absent.Add($"Patient {marker}");
                return;
            }
            Made(found[0], 1, marker, audited: 0);
            if (conditional)
            {
                // Asked again it must find what is there, not make another.
                var same = await again.Post(
                    "/Patient",
                    Patient(marker),
                    $"If-None-Exist: identifier={System}|{marker}"
                );
                Assert.Equal($"Patient/{same.Is(200).Id}", found[0]);
            }
        };
        var reply = conditional
            ? await http.Post(
                "/Patient",
                Patient(marker),
                $"If-None-Exist: identifier={System}|{marker}"
            )
            : await http.Post("/Patient", Patient(marker));
        Demand(reply, 201);
        Made($"Patient/{reply.Id}", 1, marker);
    }

    private async Task Update(HttpClient http)
    {
        var reference = live[random.Next(live.Count)];
        var was = Resources[reference];
        var marker = NewMarker();
        doubt = async again =>
        {
            var now = (await Certain(again, "/" + reference)).Is(200);
            var happened = Marker(now.Json) == marker;
            Doubted(happened);
            Assert.Equal(happened ? was.Version + 1 : was.Version, VersionOf(now));
            Assert.Equal(happened ? marker : was.Marker, Marker(now.Json));
            if (happened)
            {
                Resources[reference] = was with { Version = was.Version + 1, Marker = marker };
            }
        };
        var body = Patient(marker)
            .Replace(
                "\"Patient\",",
                $"\"Patient\",\"id\":\"{reference.Split('/')[1]}\",",
                StringComparison.Ordinal
            );
        var reply = await http.Put("/" + reference, body, $"If-Match: W/\"{was.Version}\"");
        Demand(reply, 200);
        Assert.Equal(was.Version + 1, VersionOf(reply));
        Resources[reference] = new(was.Version + 1, marker, was.Audited + 1);
        doubt = null;
    }

    private async Task Delete(HttpClient http)
    {
        var reference = live[random.Next(live.Count)];
        var was = Resources[reference];
        doubt = async again =>
        {
            var now = await Certain(again, "/" + reference);
            Doubted(now.Status == 410);
            if (now.Status == 410)
            {
                Resources[reference] = was with { Version = was.Version + 1, Marker = null };
                live.Remove(reference);
                return;
            }
            Assert.Equal(was.Version, VersionOf(now.Is(200)));
        };
        Demand(await http.Delete("/" + reference), 200, 204);
        Resources[reference] = new(was.Version + 1, null, was.Audited + 1);
        live.Remove(reference);
        doubt = null;
    }

    /// <summary>A patient with two observations, and a change of a patient that was there: all or none.</summary>
    private async Task Bundle(HttpClient http)
    {
        var reference = live[random.Next(live.Count)];
        var was = Resources[reference];
        var marker = NewMarker();
        doubt = async again =>
        {
            var patient = await Find(again, "Patient", marker + "-new");
            var observations = await Find(again, "Observation", marker);
            var changed = (await Certain(again, "/" + reference)).Is(200);
            var happened = patient.Count == 1;
            Doubted(happened);
            Assert.Equal(
                happened ? (1, 2, was.Version + 1) : (0, 0, was.Version),
                (patient.Count, observations.Count, VersionOf(changed))
            );
            if (!happened)
            {
                Absent.Add($"Patient {marker}-new");
                Absent.Add($"Observation {marker}");
                return;
            }
            Made(patient[0], 1, marker + "-new", audited: 0);
            observations.ForEach(one => Resources[one] = new(1, marker, 0));
            Resources[reference] = was with { Version = was.Version + 1, Marker = marker };
        };
        string Observation() =>
            $$$"""{"request":{"method":"POST","url":"Observation"},"resource":{"resourceType":"Observation","status":"final","identifier":[{"system":"{{{System}}}","value":"{{{marker}}}"}],"code":{"text":"{{{marker}}}"},"subject":{"reference":"urn:uuid:{{{Uuid}}}"} } }""";
        var reply = await http.Post(
            "",
            $$"""
            {"resourceType":"Bundle","type":"transaction","entry":[
              {"fullUrl":"urn:uuid:{{Uuid}}","request":{"method":"POST","url":"Patient"},"resource":{{Patient(
                marker + "-new"
            )}}},
              {{Observation()}},
              {{Observation()}},
              {"request":{"method":"PUT","url":"{{reference}}","ifMatch":"W/\"{{was.Version}}\""},"resource":{{Patient(
                marker
            ).Replace(
                "\"Patient\",",
                $"\"Patient\",\"id\":\"{reference.Split('/')[1]}\",",
                StringComparison.Ordinal
            )}}}
            ]}
            """
        );
        Demand(reply, 200);
        var entries = reply
            .Entries.Select(entry => (string)entry["response"]!["location"]!)
            .Select(location =>
                string.Join('/', location.Split('/').TakeLast(4).Take(2)).Split('?')[0]
            )
            .ToList();
        Made(entries[0], 1, marker + "-new");
        Resources[entries[1]] = new(1, marker, 0);
        Resources[entries[2]] = new(1, marker, 0);
        Resources[reference] = new(was.Version + 1, marker, was.Audited + 1);
        doubt = null;
    }

    private const string Uuid = "1c3f8e0a-6a0b-4f3a-9d5e-0d6f5f6f0a01";

    private void Made(string reference, int version, string marker, int audited = 1)
    {
        Resources[reference] = new(version, marker, audited);
        live.Add(reference);
        doubt = null;
    }

    private void Doubted(bool happened) =>
        Doubts = happened ? (Doubts.Done + 1, Doubts.Not) : (Doubts.Done, Doubts.Not + 1);

    /// <summary>
    /// A server without its database answers 503, one without room 507, and the write may have taken place; anything else is an error.
    /// </summary>
    private static void Demand(Reply reply, params int[] statuses)
    {
        if (reply.Status is 503 or 507)
        {
            throw new HttpRequestException(reply.Text, null, (HttpStatusCode)reply.Status);
        }
        Assert.True(statuses.Contains(reply.Status), $"{reply.Status}: {reply.Text}");
    }

    /// <summary>A server whose database has just come back may answer 503 some times more, once for each connection it had.</summary>
    private static async Task<Reply> Certain(HttpClient http, string path)
    {
        for (var attempt = 1; ; attempt++)
        {
            var reply = await http.Get(path);
            if (reply.Status is not (503 or 507) || attempt == 600)
            {
                return reply;
            }
            await Task.Delay(50);
        }
    }

    private static async Task<List<string>> Find(HttpClient http, string type, string marker)
    {
        var found = await Certain(http, $"/{type}?identifier={System}|{marker}");
        return
        [
            .. found.Is(200).Entries.Select(entry => $"{type}/{(string)entry["resource"]!["id"]!}"),
        ];
    }

    private static int VersionOf(Reply reply) =>
        int.Parse((string)reply.Json["meta"]!["versionId"]!, null);

    private static string? Marker(JsonNode resource) =>
        (string?)resource["name"]?[0]?["family"] ?? (string?)resource["code"]?["text"];
}
