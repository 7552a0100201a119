using System.Text.Json.Nodes;

namespace Health.Fhir.Tests.Hostile;

/// <summary>
/// Paths and queries by a grammar whose words are the server's own: types, search parameters and operations come from its
/// capability statement, so that what is added is attacked without a new line here.
/// </summary>
public sealed class HostileTargets
{
    private static readonly string[] Modifiers =
    [
        "exact",
        "contains",
        "text",
        "not",
        "in",
        "not-in",
        "above",
        "below",
        "of-type",
        "missing",
        "identifier",
        "iterate",
        "Patient",
        "Device",
        "",
        "exact:missing",
        "%00",
    ];

    private static readonly string[] Prefixes =
    [
        "",
        "",
        "eq",
        "ne",
        "gt",
        "lt",
        "ge",
        "le",
        "sa",
        "eb",
        "ap",
        "GT",
        "gtgt",
    ];

    private static readonly string[] Values =
    [
        "x",
        "An",
        "Nguy%E1%BB%85n",
        "1",
        "true",
        "2020",
        "2020-02",
        "2020-02-30",
        "2020-01-01T10:00:00%2B07:00",
        "2020-01-01T24:61:61Z",
        "9999-12-31T23:59:59.999999999Z",
        "0000-01-01",
        "0001-01-01",
        "5.4%7Chttp://unitsofmeasure.org%7Cmg",
        "170%7Chttp://unitsofmeasure.org%7Ccm",
        "1e308",
        "1e999",
        "-1e-999",
        "NaN",
        "99999999999999999999999999",
        "http://loinc.org%7C8302-2",
        "%7C8302-2",
        "%7C",
        "%7C%7C",
        "a%7Cb%7Cc%7Cd",
        "8302-2$170",
        "$",
        "a$b$c$d",
        ",",
        ",,,,",
        "%5C",
        "%5C,%5C$%5C%7C",
        "*",
        "Patient/1",
        "Patient/1/_history/9",
        "Patient/../1",
        "http://x/y%7C1",
        "urn:uuid:7f1c2a4e-0000-4000-8000-000000000001",
        "%00",
        "%ED%A0%80",
        "%FF%FE",
        "%C0%80",
        "%F0%9F%98%80",
        "%E2%80%AE",
        "%CC%81%CC%81%CC%81%CC%81",
        "%25",
        "%2",
        "%",
        "+",
        "%27%20OR%201=1--",
        "%27;DROP%20TABLE%20resource;--",
        "%22",
        "%3Cscript%3E",
        "\u00ff\u00fe",
        new('9', 300),
        new('a', 3000),
        new('%', 200),
        string.Join(',', Enumerable.Repeat("a", 2000)),
    ];

    private static readonly string[] Filters =
    [
        "name eq \"x",
        "name eq x and",
        "not (name eq \"a\")",
        "birthDate gt 2020-13-45",
        "a.b.c.d.e.f.g.h.i.j eq 1",
        "identifier[system eq x].value eq 1",
        "name co \"\\u0000\"",
        "(((((((((((((((((((((((((((((((((((((((((",
        "given eq \"a\" or (given eq \"b\" and not (family sw \"c\"))",
    ];

    private static readonly string[] Results =
    [
        "_id",
        "_lastUpdated",
        "_tag",
        "_profile",
        "_security",
        "_source",
        "_type",
        "_list",
        "_text",
        "_content",
        "_contained",
        "_containedType",
        "_sort",
        "_count",
        "_total",
        "_summary",
        "_elements",
        "_format",
        "_pretty",
        "_include",
        "_revinclude",
        "_include:iterate",
        "_page",
        "_since",
        "_at",
        "_score",
        "_query",
        "_outputFormat",
        "_typeFilter",
        "query",
        "url",
        "code",
        "system",
        "filter",
        "count",
        "offset",
        "start",
        "end",
        "max",
        "statistic",
        "profile",
        "mode",
        "periodStart",
        "periodEnd",
        "subject",
        "",
    ];

    private readonly string[] types;
    private readonly string[] operations;
    private readonly Dictionary<string, string[]> parameters;
    private readonly string[] ids;

    /// <param name="capability">The CapabilityStatement.</param>
    /// <param name="ids">Of resources that are there.</param>
    public HostileTargets(JsonNode capability, string[] ids)
    {
        this.ids = ids;
        var rest = capability["rest"]![0]!;
        var resources = rest["resource"]!.AsArray();
        types = [.. resources.Select(resource => (string)resource!["type"]!)];
        parameters = resources.ToDictionary(
            resource => (string)resource!["type"]!,
            resource =>
                (resource!["searchParam"] as JsonArray ?? [])
                    .Select(parameter => (string)parameter!["name"]!)
                    .ToArray()
        );
        operations =
        [
            .. resources
                .Append(rest)
                .SelectMany(of => of!["operation"] as JsonArray ?? [])
                .Select(operation => "$" + (string)operation!["name"]!)
                .Distinct(),
            "$nothing",
        ];
    }

    public IReadOnlyList<string> Types => types;

    public string Make(Random random)
    {
        if (random.OneIn(60))
        {
            return Wild(random);
        }
        var type = random.OneIn(3)
            ? random.Of(types)
            : random.Of<string>(["Patient", "Observation", "Encounter", "Bundle"]);
        var path = random.Next(12) switch
        {
            0 => "",
            1 => $"/{type}/{random.Of(ids)}",
            2 => $"/{type}/{random.Of(ids)}/_history",
            3 =>
                $"/{type}/{random.Of(ids)}/_history/{random.Of<string>(["1", "2", "0", "-1", "2147483648", "99999999999999999999", "x"])}",
            4 => $"/{type}/_history",
            5 => $"/{type}/_search",
            6 => $"/{type}/{random.Of(operations)}",
            7 => $"/{type}/{random.Of(ids)}/{random.Of(operations)}",
            8 => $"/{random.Of(operations)}",
            9 =>
                $"/{random.Of<string>(["Patient", "Encounter", "Device", "Practitioner", "Group"])}/{random.Of(ids)}/{random.Of(random.OneIn(3) ? ["*"] : types)}",
            _ => $"/{type}",
        };
        var query = string.Join('&', random.Several(4, () => Clause(random, type)));
        return "/fhir" + path + (query.Length > 0 ? "?" + query : "");
    }

    private string Clause(Random random, string type)
    {
        var known = parameters.GetValueOrDefault(type) is { Length: > 0 } own ? own : ["_id"];
        var name = random.Next(12) switch
        {
            0 =>
                $"_has:{random.Of(types)}:{random.Of<string>(["patient", "subject", "performer", "x"])}:{random.Of(known)}",
            1 => string.Join(
                '.',
                Enumerable
                    .Repeat(
                        random.Of<string>([
                            "subject",
                            "patient",
                            "organization",
                            "partof",
                            "subject:Patient",
                            "general-practitioner",
                        ]),
                        random.Next(1, 9)
                    )
                    .Append(random.Of(known))
            ),
            2 => "_filter",
            3 or 4 or 5 => random.Of(Results),
            _ => random.Of(known),
        };
        if (name == "_filter")
        {
            return "_filter="
                + Uri.EscapeDataString(random.OneIn(12) ? Deep(random) : random.Of(Filters));
        }
        if (random.OneIn(3))
        {
            name += ":" + random.Of(Modifiers);
        }
        var value =
            name.Contains("include", StringComparison.Ordinal) && !random.OneIn(4)
                ? $"{random.Of(types)}:{random.Of<string>(["subject", "patient", "*", "encounter", "x", ""])}{random.Of<string>(["", ":Patient", ":x", ":"])}"
                : string.Join(',', random.Several(2, () => One(random)).Append(One(random)));
        return random.OneIn(30) ? name : name + "=" + value;
    }

    private static string One(Random random) => random.Of(Prefixes) + random.Of(Values);

    private static string Deep(Random random)
    {
        var depth = random.Next(10, 3000);
        return string.Concat(Enumerable.Repeat("not (", depth))
            + "name eq a"
            + new string(')', depth);
    }

    /// <summary>No path at all, by FHIR's grammar or by HTTP's.</summary>
    private string Wild(Random random) =>
        random.Of<string>([
            "/fhir/%00",
            "/fhir/\u0001Patient",
            "/fhir/..%2f..%2fetc/passwd",
            "/fhir/../../etc/passwd",
            "/fhir//Patient",
            "/fhir/Patient/",
            "/fhir/Patient//",
            "/fhir/" + new string('/', 500),
            "/fhir/" + new string('a', 7000),
            "/fhir/Patient?" + new string('&', 5000),
            "/fhir/Patient?" + new string('=', 5000),
            "/fhir/Patient?a[]=1&a[0][b]=2",
            "/fhir/Patient?name=%",
            "/fhir/Patient;x=1/1",
            "/fhir/%50atient",
            "/fhir/Patient%2f" + random.Of(ids),
            "/fhir/patient",
            "/fhir/null",
            "/fhir/Patient/" + new string('x', 65),
            "/fhir/Patient/%20",
            "/fhir/Patient/\u00e9",
            "/FHIR/Patient",
            "*",
            "http://elsewhere.example/fhir/Patient",
            "/fhir/Patient#fragment",
            "/fhir/metadata?mode=" + random.Of(Values),
            "/fhir/.well-known/" + random.Of(Values),
        ]);
}
