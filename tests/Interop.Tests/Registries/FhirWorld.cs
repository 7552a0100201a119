using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Interop.Tests.Registries;

/// <summary>A few people and what happened to them, saved as one FHIR transaction.</summary>
public sealed class FhirWorld
{
    private const string Core = "http://fhir.ehealth.gov.vn/core";
    private readonly JsonArray entries = [];

    public void Facility(string code, string name) =>
        entries.Add(
            new JsonObject
            {
                ["fullUrl"] = $"http://example.org/Organization/{code}",
                ["resource"] = new JsonObject
                {
                    ["resourceType"] = "Organization",
                    ["id"] = code,
                    ["name"] = name,
                },
                ["request"] = new JsonObject
                {
                    ["method"] = "PUT",
                    ["url"] = $"Organization/{code}",
                },
            }
        );

    public string Patient(
        string? gender,
        string? birthDate,
        string? died = null,
        string? cause = null,
        string? ethnicity = null
    )
    {
        var patient = Add(
            new()
            {
                ["resourceType"] = "Patient",
                ["active"] = true,
                ["gender"] = gender,
                ["birthDate"] = birthDate,
                ["deceasedDateTime"] = died,
                ["extension"] = ethnicity is null
                    ? null
                    : new JsonArray(
                        new JsonObject
                        {
                            ["url"] = $"{Core}/StructureDefinition/extension-race",
                            ["valueCodeableConcept"] = Concept(
                                $"{Core}/CodeSystem/vn-core-race",
                                ethnicity
                            ),
                        }
                    ),
            }
        );
        if (cause is not null)
        {
            Add(
                new()
                {
                    ["resourceType"] = "Observation",
                    ["status"] = "final",
                    ["code"] = Concept("http://loinc.org", "69453-9"),
                    ["subject"] = Reference(patient),
                    ["valueCodeableConcept"] = Concept("http://hl7.org/fhir/sid/icd-10", cause),
                }
            );
        }
        return patient;
    }

    public string Visit(
        string patient,
        string end,
        string? code,
        string setting = "AMB",
        string? facility = null,
        string? outcome = null,
        bool certified = false,
        (int High, int Low)? pressure = null,
        string status = "finished",
        string? recordedFirst = null,
        string? episode = null,
        string? measured = null
    )
    {
        var visit = Add(
            new()
            {
                ["resourceType"] = "Encounter",
                ["status"] = status,
                ["class"] = new JsonObject
                {
                    ["system"] = "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                    ["code"] = setting,
                },
                ["subject"] = Reference(patient),
                ["episodeOfCare"] = episode is null ? null : new JsonArray(Reference(episode)),
                ["serviceProvider"] = facility is null ? null : Reference(facility),
                ["period"] = new JsonObject
                {
                    ["start"] = DateTimeOffset
                        .Parse(end, null)
                        .AddMinutes(-20)
                        .ToString("yyyy-MM-dd'T'HH:mm:sszzz"),
                    ["end"] = end,
                },
                ["hospitalization"] = outcome is null
                    ? null
                    : new JsonObject
                    {
                        ["dischargeDisposition"] = Concept(
                            "http://terminology.hl7.org/CodeSystem/discharge-disposition",
                            outcome
                        ),
                    },
            }
        );
        if (recordedFirst is not null)
        {
            Diagnosis(recordedFirst);
        }
        var principal = code is null ? null : Diagnosis(code);
        if (recordedFirst is not null && principal is not null)
        {
            Resource(visit)["diagnosis"] = new JsonArray(
                new JsonObject { ["condition"] = Reference(principal), ["rank"] = 1 }
            );
        }
        if (certified)
        {
            Add(
                new()
                {
                    ["resourceType"] = "Composition",
                    ["status"] = "final",
                    ["type"] = Concept("http://loinc.org", "64297-5"),
                    ["subject"] = Reference(patient),
                    ["encounter"] = Reference(visit),
                    ["date"] = end,
                    ["author"] = new JsonArray(Reference(patient)),
                    ["title"] = "Giấy báo tử",
                }
            );
        }
        if (measured is not null)
        {
            Add(
                new()
                {
                    ["resourceType"] = "Observation",
                    ["status"] = "final",
                    ["code"] = Concept("http://loinc.org", measured),
                    ["subject"] = Reference(patient),
                    ["encounter"] = Reference(visit),
                    ["effectiveDateTime"] = end,
                    ["valueString"] = "âm tính",
                }
            );
        }
        if (pressure is { } pair)
        {
            Add(
                new()
                {
                    ["resourceType"] = "Observation",
                    ["status"] = "final",
                    ["code"] = Concept("http://loinc.org", "85354-9"),
                    ["subject"] = Reference(patient),
                    ["encounter"] = Reference(visit),
                    ["effectiveDateTime"] = end,
                    ["component"] = new JsonArray(
                        Component("8480-6", pair.High),
                        Component("8462-4", pair.Low)
                    ),
                }
            );
        }
        return visit;

        string Diagnosis(string of) =>
            Add(
                new()
                {
                    ["resourceType"] = "Condition",
                    ["subject"] = Reference(patient),
                    ["encounter"] = Reference(visit),
                    ["code"] = Concept("http://hl7.org/fhir/sid/icd-10", of),
                }
            );
    }

    private JsonObject Resource(string address) =>
        entries.Single(entry => (string?)entry!["fullUrl"] == address)!["resource"]!.AsObject();

    public string Dose(string patient, string day, string vaccine, int number) =>
        Add(
            new()
            {
                ["resourceType"] = "Immunization",
                ["status"] = "completed",
                ["vaccineCode"] = Concept("http://hl7.org/fhir/sid/cvx", vaccine),
                ["patient"] = Reference(patient),
                ["occurrenceDateTime"] = day,
                ["protocolApplied"] = new JsonArray(
                    new JsonObject { ["doseNumberPositiveInt"] = number }
                ),
            }
        );

    public string Add(JsonObject resource)
    {
        foreach (
            var empty in resource
                .Where(field => field.Value is null)
                .Select(field => field.Key)
                .ToList()
        )
        {
            resource.Remove(empty);
        }
        var address = $"urn:uuid:{Guid.CreateVersion7()}";
        entries.Add(
            new JsonObject
            {
                ["fullUrl"] = address,
                ["resource"] = resource,
                ["request"] = new JsonObject
                {
                    ["method"] = "POST",
                    ["url"] = (string)resource["resourceType"]!,
                },
            }
        );
        return address;
    }

    /// <returns>Where each resource lies now, in the order of adding.</returns>
    public async Task<IReadOnlyList<string>> Save(HttpClient client)
    {
        var bundle = new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["type"] = "transaction",
            ["entry"] = entries.DeepClone(),
        };
        using var content = new StringContent(
            bundle.ToJsonString(),
            Encoding.UTF8,
            "application/fhir+json"
        );
        var answer = await client.PostAsync("/fhir", content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        entries.Clear();
        var saved = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        return
        [
            .. saved["entry"]!.AsArray().Select(entry => (string)entry!["response"]!["location"]!),
        ];
    }

    public static JsonObject Reference(string address) => new() { ["reference"] = address };

    public static JsonObject Concept(string system, string code) =>
        new()
        {
            ["coding"] = new JsonArray(new JsonObject { ["system"] = system, ["code"] = code }),
        };

    private static JsonObject Component(string code, int value) =>
        new()
        {
            ["code"] = Concept("http://loinc.org", code),
            ["valueQuantity"] = new JsonObject
            {
                ["value"] = value,
                ["unit"] = "mmHg",
                ["system"] = "http://unitsofmeasure.org",
                ["code"] = "mm[Hg]",
            },
        };
}
