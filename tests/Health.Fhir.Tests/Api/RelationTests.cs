using System.Text.Json.Nodes;
using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>
/// Who sees whom, by which way: one table of callers and relations, each tried by every path to a person's data. What a caller may not see
/// is found by none of them; what they may see by all.
/// </summary>
public sealed class RelationTests(DemoServer server) : IClassFixture<DemoServer>
{
    private const string Hospital = "40012";
    private const string Station = "40151";
    private const string School = "4017001";

    /// <param name="Code">Of the Observation and of nothing else.</param>
    /// <param name="Practitioner">Who made it, and nothing else.</param>
    private sealed record Subject(
        string Patient,
        string Observation,
        string Code,
        string Family,
        string Practitioner
    );

    /// <summary>Relation of the hospital to the patient → who sees the record. The demo's program and the administrator see all.</summary>
    private static readonly Dictionary<string, string[]> Table = new()
    {
        ["treating"] = ["bacsi"],
        ["registered"] = ["bacsi"],
        ["cared for"] = ["bacsi"],
        ["sent to"] = ["bacsi"],
        ["not treating"] = ["bacsi-tyt"],
        ["consented"] = ["bacsi", "bacsi-tyt"],
        ["everybody allowed"] = ["bacsi", "bacsi-tyt"],
        ["everybody allowed but one"] = ["bacsi-tyt"],
        ["everybody refused but one"] = ["bacsi", "bacsi-tyt"],
        ["consented, not active"] = ["bacsi-tyt"],
        ["consented, ended"] = ["bacsi-tyt"],
        ["consented, for a part"] = ["bacsi-tyt"],
        ["treating, refused"] = ["bacsi"], // the law lets who treats
        ["treating, for research"] = ["bacsi"],
        ["for research"] = ["bacsi-tyt", "bacsi for HRESCH"],
        ["treating, research refused"] = ["bacsi"],
        ["for education"] = ["bacsi-tyt", "hieutruong"],
        ["in an emergency"] = ["bacsi-tyt", "bacsi"],
        ["own"] = ["congdan"],
        // Who cares for a child has no way in yet.
        ["guardian"] = [],
    };

    private static readonly string[] Callers =
    [
        "bacsi",
        "bacsi for HRESCH",
        "bacsi-tyt",
        "hieutruong",
        "congdan",
        "quantri",
        "program",
    ];

    private static readonly (
        string Name,
        Func<HttpClient, Subject, string[], Task<bool>> Sees
    )[] Paths =
    [
        ("read", (who, of, as_) => Found(who, $"/Observation/{of.Observation}", as_)),
        ("patient", (who, of, as_) => Found(who, $"/Patient/{of.Patient}", as_)),
        ("version", (who, of, as_) => Found(who, $"/Observation/{of.Observation}/_history/1", as_)),
        ("history", (who, of, as_) => Found(who, $"/Observation/{of.Observation}/_history", as_)),
        (
            "type history",
            (who, of, as_) => Holds(who, "/Observation/_history?_count=1000", of, as_)
        ),
        ("system history", (who, of, as_) => Holds(who, "/_history?_count=1000", of, as_)),
        ("id", (who, of, as_) => Any(who, $"/Observation?_id={of.Observation}", as_)),
        ("code", (who, of, as_) => Any(who, $"/Observation?code={of.Code}", as_)),
        ("sorted", (who, of, as_) => Any(who, $"/Observation?code={of.Code}&_sort=-date", as_)),
        ("in patient", (who, of, as_) => Any(who, $"/Observation?patient={of.Patient}", as_)),
        ("name", (who, of, as_) => Any(who, $"/Patient?family={of.Family}", as_)),
        ("compartment", (who, of, as_) => Any(who, $"/Patient/{of.Patient}/Observation", as_)),
        (
            "count",
            (who, of, as_) => Counts(who, $"/Observation?code={of.Code}&_summary=count", as_)
        ),
        (
            "total",
            (who, of, as_) => Counts(who, $"/Patient?family={of.Family}&_total=accurate", as_)
        ),
        (
            "chain",
            (who, of, as_) => Any(who, $"/Observation?subject:Patient.family={of.Family}", as_)
        ),
        (
            "has",
            (who, of, as_) => Any(who, $"/Patient?_has:Observation:subject:code={of.Code}", as_)
        ),
        (
            "has on what is nobody's",
            (who, of, as_) =>
                Any(who, $"/Practitioner?_has:Observation:performer:code={of.Code}", as_)
        ),
        (
            "revinclude",
            (who, of, as_) =>
                Holds(
                    who,
                    $"/Practitioner?_id={of.Practitioner}&_revinclude=Observation:performer&_include:iterate=Observation:subject",
                    of,
                    as_
                )
        ),
        ("list", (who, of, as_) => Any(who, $"/List?item=Observation/{of.Observation}", as_)),
        ("everything", (who, of, as_) => Found(who, $"/Patient/{of.Patient}/$everything", as_)),
        (
            "graphql",
            async (who, of, as_) =>
                (
                    await who.Get(
                        $"/$graphql?query={Uri.EscapeDataString($"{{ ObservationList(code: \"{of.Code}\") {{ id }} }}")}",
                        as_
                    )
                ).Text.Contains(of.Observation, StringComparison.Ordinal)
        ),
        (
            "view",
            async (who, of, as_) =>
                (
                    await who.Post(
                        "/ViewDefinition/$run",
                        """{"resourceType":"Parameters","parameter":[{"name":"viewResource","resource":{"resource":"Patient","select":[{"column":[{"name":"id","path":"id"}]}]}}]}""",
                        as_
                    )
                ).Text.Contains(of.Patient, StringComparison.Ordinal)
        ),
        (
            "batch",
            async (who, of, as_) =>
                (
                    await who.Post(
                        "",
                        $$$"""{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Observation/{{{of.Observation}}}"}}]}""",
                        as_
                    )
                ).Text.Contains("\"200", StringComparison.Ordinal)
        ),
    ];

    [Fact]
    public async Task What_may_not_be_seen_is_found_by_no_way_and_what_may_by_every_one()
    {
        var subjects = await Subjects();
        var wrong = new List<string>();
        foreach (var caller in Callers)
        {
            var parts = caller.Split(" for ");
            string[] headers = parts.Length > 1 ? [$"Purpose-Of-Use: {parts[1]}"] : [];
            using var client =
                caller == "program"
                    ? await server.WithToken("system/*.cruds")
                    : await server.SignInAs(parts[0]);
            foreach (var (relation, subject) in subjects)
            {
                // A citizen of the demo has been to its clinics, and shares a family name; whoever sees all need not be asked of each.
                if (
                    (relation == "own" && caller != "congdan")
                    || (caller is "quantri" or "program" && relation != "not treating")
                )
                {
                    continue;
                }
                var expected = caller is "quantri" or "program" || Table[relation].Contains(caller);
                foreach (var (name, sees) in Paths)
                {
                    if (await sees(client, subject, headers) != expected)
                    {
                        wrong.Add(
                            $"{caller}, {relation}: {name} {(expected ? "lacks" : "tells")} it"
                        );
                    }
                }
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task What_may_not_be_seen_answers_as_what_is_not_there()
    {
        using var system = await server.WithToken("system/*.cruds");
        var hidden = await Make(system, Station);
        using var doctor = await server.SignInAs("bacsi");
        var nobody = Guid.CreateVersion7().ToString();
        foreach (
            var path in (string[])
                [
                    "/Observation/{0}",
                    "/Observation/{0}/_history",
                    "/Observation/{0}/_history/1",
                    "/Observation?_id={0}",
                    "/Patient/{0}/$everything",
                    "/Patient/{0}/Observation",
                ]
        )
        {
            var id = path.StartsWith("/Patient", StringComparison.Ordinal)
                ? hidden.Patient
                : hidden.Observation;
            var ofHidden = await doctor.Get(path.Replace("{0}", id, StringComparison.Ordinal));
            var ofNobody = await doctor.Get(path.Replace("{0}", nobody, StringComparison.Ordinal));
            Assert.Equal(ofNobody.Status, ofHidden.Status);
            Assert.Equal(Alike(ofNobody.Text, nobody), Alike(ofHidden.Text, id));
        }
        // To delete what one may not see is to delete what is not there; it stays.
        Assert.Equal(
            (await doctor.Delete($"/Observation/{nobody}")).Status,
            (await doctor.Delete($"/Observation/{hidden.Observation}")).Status
        );
        (await system.Get($"/Observation/{hidden.Observation}")).Is(200);
        // Nothing is said of the version that is there.
        var body = Observation(hidden, hidden.Observation);
        (await doctor.Put($"/Observation/{hidden.Observation}", body)).Refused(403, "forbidden");
        (await doctor.Put($"/Observation/{hidden.Observation}", body, "If-Match: W/\"7\"")).Refused(
            403,
            "forbidden"
        );
        (await doctor.Post("/Observation", body)).Refused(403, "forbidden");
        (
            await doctor.Put($"/Patient/{hidden.Patient}", FhirCalls.Patient("X", hidden.Patient))
        ).Refused(403, "forbidden");
        (await doctor.Get("/Observation?_count=1", "Purpose-Of-Use: EDUCATION")).Refused(
            403,
            "forbidden"
        );
        Assert.Equal(400, (await doctor.Get("/Patient", "Purpose-Of-Use: FUN")).Status);

        static string Alike(string text, string id) =>
            System.Text.RegularExpressions.Regex.Replace(
                text.Replace(id, "ID", StringComparison.Ordinal),
                "\"(timestamp|lastUpdated)\":\"[^\"]*\"|\"id\":\"[^\"]*\"|urn:uuid:[0-9a-f-]+",
                ""
            );
    }

    [Fact]
    public async Task A_visit_takes_a_person_in_and_its_removal_lets_go()
    {
        using var system = await server.WithToken("system/*.cruds");
        var hidden = await Make(system, Station);
        using var doctor = await server.SignInAs("bacsi");
        (await doctor.Post("/Encounter", Encounter(hidden.Patient, Station))).Refused(
            403,
            "forbidden"
        );

        var visit = (await doctor.Post("/Encounter", Encounter(hidden.Patient, Hospital)))
            .Is(201)
            .Id;

        (await doctor.Get($"/Observation/{hidden.Observation}")).Is(200);
        await system.Delete($"/Encounter/{visit}");
        (await doctor.Get($"/Observation/{hidden.Observation}")).Refused(404, "not-found");
        // Whom staff register they see, although the Patient names no facility.
        var registered = (await doctor.Post("/Patient", FhirCalls.Patient("Mới"))).Is(201);
        Assert.Equal(
            $"Organization/{Hospital}",
            (string?)registered.Json["managingOrganization"]!["reference"]
        );
        (await doctor.Get($"/Patient/{registered.Id}")).Is(200);
        using var other = await server.SignInAs("bacsi-tyt");
        (await other.Get($"/Patient/{registered.Id}")).Refused(404, "not-found");
    }

    [Fact]
    public async Task A_consent_that_is_taken_back_ends_the_page_that_is_being_read()
    {
        using var system = await server.WithToken("system/*.cruds");
        var subject = await Make(system, Station);
        (await system.Post("/Observation", Observation(subject))).Is(201);
        (await system.Post("/Observation", Observation(subject))).Is(201);
        var consent = JsonNode.Parse(Consent(subject.Patient, "permit", Hospital, "TREAT"))!;
        var id = (await system.Post("/Consent", consent.ToJsonString())).Is(201).Id;
        using var doctor = await server.SignInAs("bacsi");
        var page = (await doctor.Get($"/Observation?code={subject.Code}&_count=1")).Is(200);
        Assert.Single(page.Entries);

        (consent["id"], consent["status"]) = (id, "inactive");
        (await system.Put($"/Consent/{id}", consent.ToJsonString())).Is(200);

        Assert.Empty((await doctor.Get(page.Link("next")!)).Is(200).Entries);
    }

    [Fact]
    public async Task Staff_record_a_consent_and_change_none_and_open_nothing_themselves()
    {
        using var system = await server.WithToken("system/*.cruds");
        var treated = await Make(system, Hospital);
        var hidden = await Make(system, Station);
        using var doctor = await server.SignInAs("bacsi");
        var refusal = Consent(treated.Patient, "deny", null, "HRESCH");

        var id = (await doctor.Post("/Consent", refusal)).Is(201).Id;

        var changed = JsonNode.Parse(refusal)!;
        changed["id"] = id;
        (await doctor.Put($"/Consent/{id}", changed.ToJsonString())).Refused(403, "forbidden");
        (await doctor.Delete($"/Consent/{id}")).Refused(403, "forbidden");
        (
            await doctor.Post("/Consent", Consent(hidden.Patient, "permit", Hospital, "TREAT"))
        ).Refused(403, "forbidden");
        var emergency = JsonNode.Parse(Consent(treated.Patient, "permit", Hospital, "TREAT"))!;
        emergency["category"]![0]!["coding"]![0]!["code"] = "EMRGONLY";
        (await system.Post("/Consent", emergency.ToJsonString())).Refused(
            400,
            "invalid",
            "/api/emergencies"
        );
    }

    [Fact]
    public async Task Nobody_at_work_takes_everybodys_data_out()
    {
        using var doctor = await server.SignInAs("bacsi");
        (await doctor.Get("/$export")).Refused(403, "forbidden");
        (await doctor.Get("/Patient/$export")).Refused(403, "forbidden");
    }

    private async Task<IReadOnlyDictionary<string, Subject>> Subjects()
    {
        using var system = await server.WithToken("system/*.cruds");
        using var doctor = await server.SignInAs("bacsi");
        using var citizen = await server.SignInAs("congdan");
        var own = (await citizen.Get("/Patient")).Is(200).Entries[0]["resource"]!["id"]!;
        var subjects = new Dictionary<string, Subject>();
        foreach (var relation in Table.Keys)
        {
            var at =
                relation.Split(',')[0] is "treating" ? Hospital
                : relation is "own" or "guardian" or "registered" or "cared for" or "sent to" ? null
                : Station;
            var subject = await Make(system, at, relation == "own" ? (string)own! : null);
            subjects[relation] = subject;
            foreach (var json in Facts(relation, subject.Patient))
            {
                (await system.Post($"/{JsonNode.Parse(json)!["resourceType"]}", json)).Is(201);
            }
            if (relation == "registered")
            {
                (
                    await system.Put(
                        $"/Patient/{subject.Patient}",
                        FhirCalls.Patient(
                            subject.Family,
                            subject.Patient,
                            $$""","managingOrganization":{"reference":"Organization/{{Hospital}}"}"""
                        )
                    )
                ).Is(200);
            }
            if (relation == "in an emergency")
            {
                var opened = await doctor.PostAsync(
                    "/api/emergencies",
                    System.Net.Http.Json.JsonContent.Create(
                        new
                        {
                            patient = subject.Patient,
                            reason = "LifeInDanger",
                            text = "Tai nạn giao thông, hôn mê",
                        }
                    )
                );
                Assert.True(opened.IsSuccessStatusCode, await opened.Content.ReadAsStringAsync());
            }
        }
        return subjects;
    }

    private static string[] Facts(string relation, string patient) =>
        relation switch
        {
            "cared for" =>
            [
                $$$"""{"resourceType":"EpisodeOfCare","status":"active","patient":{"reference":"Patient/{{{patient}}}"},"managingOrganization":{"reference":"Organization/{{{Hospital}}}"}}""",
            ],
            "sent to" =>
            [
                $$$"""{"resourceType":"ServiceRequest","status":"active","intent":"order","subject":{"reference":"Patient/{{{patient}}}"},"performer":[{"reference":"Organization/{{{Hospital}}}"}]}""",
            ],
            "consented" => [Consent(patient, "permit", Hospital, "TREAT")],
            "everybody allowed" => [Consent(patient, "permit", null, "TREAT")],
            "everybody allowed but one" =>
            [
                Consent(patient, "permit", null, "TREAT"),
                Consent(patient, "deny", Hospital, "TREAT"),
            ],
            "everybody refused but one" =>
            [
                Consent(patient, "deny", null, "TREAT"),
                Consent(patient, "permit", Hospital, "TREAT"),
            ],
            "consented, not active" =>
            [
                Consent(patient, "permit", Hospital, "TREAT", status: "proposed"),
            ],
            "consented, ended" =>
            [
                Consent(
                    patient,
                    "permit",
                    Hospital,
                    "TREAT",
                    """,{"period":{"start":"2020-01-01","end":"2020-12-31"}}"""
                ),
            ],
            "consented, for a part" =>
            [
                Consent(
                    patient,
                    "permit",
                    Hospital,
                    "TREAT",
                    """,{"class":[{"system":"http://hl7.org/fhir/resource-types","code":"Immunization"}]}"""
                ),
            ],
            "treating, refused" => [Consent(patient, "deny", Hospital, "TREAT")],
            "for research" => [Consent(patient, "permit", Hospital, "HRESCH")],
            "treating, research refused" => [Consent(patient, "deny", Hospital, "HRESCH")],
            "for education" => [Consent(patient, "permit", School, "EDUCATION")],
            _ => [],
        };

    private static string Consent(
        string patient,
        string type,
        string? organisation,
        string purpose,
        string? more = null,
        string status = "active"
    )
    {
        var provision = new JsonObject
        {
            ["type"] = type,
            ["purpose"] = new JsonArray(
                new JsonObject
                {
                    ["system"] =
                        purpose == "EDUCATION"
                            ? "urn:records:purpose-of-use"
                            : "http://terminology.hl7.org/CodeSystem/v3-ActReason",
                    ["code"] = purpose,
                }
            ),
        };
        if (organisation is not null)
        {
            provision["actor"] = JsonNode.Parse(
                $$$"""[{"role":{"text":"recipient"},"reference":{"reference":"Organization/{{{organisation}}}"}}]"""
            );
        }
        foreach (var (name, value) in JsonNode.Parse(more?[1..] ?? "{}")!.AsObject())
        {
            provision[name] = value!.DeepClone();
        }
        var consent = JsonNode.Parse(
            $$$"""{"resourceType":"Consent","status":"{{{status}}}","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},"category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],"patient":{"reference":"Patient/{{{patient}}}"},"policyRule":{"text":"x"}}"""
        )!;
        consent["provision"] = provision;
        return consent.ToJsonString();
    }

    private static string Encounter(string patient, string organisation) =>
        $$$"""{"resourceType":"Encounter","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/{{{patient}}}"},"serviceProvider":{"reference":"Organization/{{{organisation}}}"}}""";

    private static string Observation(Subject of, string? id = null) =>
        $$$"""{"resourceType":"Observation",{{{(id is null ? "" : $"\"id\":\"{id}\",")}}}"status":"final","code":{"coding":[{"code":"{{{of.Code}}}"}]},"subject":{"reference":"Patient/{{{of.Patient}}}"},"performer":[{"reference":"Practitioner/{{{of.Practitioner}}}"}],"effectiveDateTime":"2026-01-01"}""";

    /// <param name="organisation">That has seen the person once; null for none.</param>
    private static async Task<Subject> Make(
        HttpClient system,
        string? organisation,
        string? patient = null
    )
    {
        var mark = "m" + Guid.CreateVersion7().ToString("N")[20..];
        patient ??= (await system.Post("/Patient", FhirCalls.Patient(mark))).Is(201).Id;
        var subject = new Subject(patient, "", mark, mark, mark);
        var family = (await system.Get($"/Patient/{patient}")).Json["name"]![0]!["family"]!;
        await system.Put(
            $"/Practitioner/{mark}",
            $$"""{"resourceType":"Practitioner","id":"{{mark}}"}"""
        );
        var observation = (await system.Post("/Observation", Observation(subject))).Is(201).Id;
        (
            await system.Post(
                "/List",
                $$$"""{"resourceType":"List","status":"current","mode":"working","subject":{"reference":"Patient/{{{patient}}}"},"entry":[{"item":{"reference":"Observation/{{{observation}}}"}}]}"""
            )
        ).Is(201);
        if (organisation is not null)
        {
            (await system.Post("/Encounter", Encounter(patient, organisation))).Is(201);
        }
        return subject with { Observation = observation, Family = (string)family! };
    }

    private static async Task<bool> Found(HttpClient who, string path, string[] headers) =>
        (await who.Get(path, headers)).Status switch
        {
            200 => true,
            404 => false,
            var other => throw new InvalidOperationException($"{path}: {other}"),
        };

    private static async Task<bool> Any(HttpClient who, string path, string[] headers) =>
        (await who.Get(path, headers)).Is(200).Entries.Count > 0;

    private static async Task<bool> Counts(HttpClient who, string path, string[] headers) =>
        (int)(await who.Get(path, headers)).Is(200).Json["total"]! > 0;

    private static async Task<bool> Holds(HttpClient who, string path, Subject of, string[] headers)
    {
        var text = (await who.Get(path, headers)).Is(200).Text;
        return text.Contains(of.Observation, StringComparison.Ordinal);
    }
}
