using System.Net;
using System.Text.Json.Nodes;
using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Interactions;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations.Summary;

/// <summary>
/// A patient's summary as a document that any country's software can read: the International Patient Summary.
/// https://hl7.org/fhir/uv/ips/STU1.1/OperationDefinition-summary.html
/// </summary>
public sealed class SummarizePatient(GuardedStore store, ICurrentCaller current, TimeProvider clock)
    : IOperation<SummarizePatient>
{
    /// <summary>Newest of a section; a summary is no copy of the record.</summary>
    private const int MostOfASection = 50;
    private const string Ips = "http://hl7.org/fhir/uv/ips/StructureDefinition/";
    private const string Absent = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips";

    public static Operation Definition { get; } =
        new("summary", Levels.Instance, Permission.ReadHealthRecords, 'r')
        {
            Description = "The International Patient Summary of one patient, as a document Bundle.",
            Standard = "http://hl7.org/fhir/uv/ips/OperationDefinition/summary",
            Types = ["Patient"],
            In = [],
            Out = [new("return", "Bundle", 1)],
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        var patient = await store.Demand("Patient", request.Id!, cancel);
        var subject = $"{request.BaseUrl}/Patient/{request.Id}";
        var author = $"urn:uuid:{Guid.CreateVersion7()}";
        var entries = new List<JsonNode>
        {
            Entry(subject, JsonNode.Parse(patient.Body.Span)!),
            Entry(
                author,
                new JsonObject
                {
                    ["resourceType"] = "Device",
                    ["deviceName"] = new JsonArray(
                        new JsonObject { ["name"] = "Records", ["type"] = "other" }
                    ),
                }
            ),
        };
        var sections = new JsonArray();
        foreach (var section in SummarySection.All)
        {
            var found = await Of(section, request, cancel);
            if (found.Count == 0 && section.Unknown is { } unknown)
            {
                found.Add(
                    Entry($"urn:uuid:{Guid.CreateVersion7()}", Unknown(section, unknown, subject))
                );
            }
            if (found.Count > 0)
            {
                sections.Add((JsonNode)Written(section, found));
                entries.AddRange(found);
            }
        }
        var now = clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
        var composition = Composition(sections, subject, author, now);
        var bundle = new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["meta"] = new JsonObject { ["profile"] = new JsonArray(Ips + "Bundle-uv-ips") },
            ["identifier"] = new JsonObject
            {
                ["system"] = "urn:ietf:rfc:3986",
                ["value"] = $"urn:uuid:{Guid.CreateVersion7()}",
            },
            ["type"] = "document",
            ["timestamp"] = now,
            ["entry"] = new JsonArray([
                Entry($"urn:uuid:{Guid.CreateVersion7()}", composition),
                .. entries,
            ]),
        };
        return FhirAnswer.Json(200, json => bundle.WriteTo(json));
    }

    private async Task<List<JsonNode>> Of(
        SummarySection section,
        FhirRequest request,
        CancellationToken cancel
    )
    {
        current.Become(
            SmartScopes.Narrow(request.SignedIn, Permission.ReadHealthRecords, 's', section.Type)
        );
        var query = $"patient={request.Id}&{section.Query}&_sort=-_lastUpdated";
        var found = await store.Search(
            store.Parse(section.Type, query) with
            {
                Count = MostOfASection,
            },
            null,
            $"Patient/$summary: {section.Type}?{query}",
            cancel
        );
        return
        [
            .. found.Matches.Select(match =>
                Entry($"{request.BaseUrl}/{match.Reference}", JsonNode.Parse(match.Body.Span)!)
            ),
        ];
    }

    private static JsonObject Composition(
        JsonArray sections,
        string subject,
        string author,
        string now
    ) =>
        new()
        {
            ["resourceType"] = "Composition",
            ["meta"] = new JsonObject { ["profile"] = new JsonArray(Ips + "Composition-uv-ips") },
            ["status"] = "final",
            ["type"] = Coded("http://loinc.org", "60591-5", "Patient summary Document"),
            ["subject"] = Reference(subject),
            ["date"] = now,
            ["author"] = new JsonArray(Reference(author)),
            ["title"] = "Tóm tắt hồ sơ sức khỏe (International Patient Summary)",
            ["section"] = sections,
        };

    private static JsonObject Written(SummarySection section, IReadOnlyList<JsonNode> found) =>
        new()
        {
            ["title"] = $"{section.Vietnamese} ({section.Title})",
            ["code"] = Coded("http://loinc.org", section.Loinc, section.Title),
            ["text"] = new JsonObject
            {
                ["status"] = "generated",
                ["div"] =
                    "<div xmlns=\"http://www.w3.org/1999/xhtml\"><ul>"
                    + string.Concat(
                        found.Select(one =>
                            $"<li>{WebUtility.HtmlEncode(Words(one["resource"]!))}</li>"
                        )
                    )
                    + "</ul></div>",
            },
            ["entry"] = new JsonArray([
                .. found.Select(one => (JsonNode)Reference((string)one["fullUrl"]!)),
            ]),
        };

    /// <summary>What nothing is known of, as an entry: the guide wants an assertion, not an empty section.</summary>
    private static JsonObject Unknown(
        SummarySection section,
        (string Code, string Text) unknown,
        string subject
    )
    {
        var code = Coded(Absent, unknown.Code, unknown.Text);
        return section.Type switch
        {
            "AllergyIntolerance" => new()
            {
                ["resourceType"] = section.Type,
                ["clinicalStatus"] = Coded(
                    "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
                    "active",
                    null
                ),
                ["code"] = code,
                ["patient"] = Reference(subject),
            },
            "Condition" => new()
            {
                ["resourceType"] = section.Type,
                ["clinicalStatus"] = Coded(
                    "http://terminology.hl7.org/CodeSystem/condition-clinical",
                    "active",
                    null
                ),
                ["code"] = code,
                ["subject"] = Reference(subject),
            },
            _ => new()
            {
                ["resourceType"] = "MedicationStatement",
                ["status"] = "unknown",
                ["medicationCodeableConcept"] = code,
                ["subject"] = Reference(subject),
            },
        };
    }

    /// <summary>What the resource is about, its value and its day.</summary>
    private static string Words(JsonNode resource)
    {
        var concept =
            resource["code"]
            ?? resource["vaccineCode"]
            ?? resource["medicationCodeableConcept"]
            ?? resource["medicationReference"];
        var what =
            (string?)concept?["text"]
            ?? (string?)concept?["coding"]?[0]?["display"]
            ?? (string?)concept?["display"]
            ?? (string?)concept?["coding"]?[0]?["code"]
            ?? (string?)resource["resourceType"];
        var quantity = resource["valueQuantity"];
        var day =
            (string?)resource["effectiveDateTime"]
            ?? (string?)resource["occurrenceDateTime"]
            ?? (string?)resource["performedDateTime"]
            ?? (string?)resource["authoredOn"]
            ?? (string?)resource["recordedDate"];
        return string.Join(
            ", ",
            new[]
            {
                what,
                quantity is null ? null : $"{quantity["value"]} {quantity["unit"]}".Trim(),
                day?[..Math.Min(10, day.Length)],
            }.OfType<string>()
        );
    }

    private static JsonObject Entry(string fullUrl, JsonNode resource) =>
        new() { ["fullUrl"] = fullUrl, ["resource"] = resource };

    private static JsonObject Reference(string url) => new() { ["reference"] = url };

    private static JsonObject Coded(string system, string code, string? display)
    {
        var coding = new JsonObject { ["system"] = system, ["code"] = code };
        if (display is not null)
        {
            coding["display"] = display;
        }
        return new() { ["coding"] = new JsonArray(coding) };
    }
}
