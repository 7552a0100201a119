using System.Text.Json;
using Health.Fhir.Store;
using Health.Fhir.Terminology;
using Health.Fhir.Terminology.ValueSets;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations.Terminology;

/// <summary>
/// Lists the codes of a value set, all or those whose names have the words typed, with or without Vietnamese accents.
/// https://hl7.org/fhir/R4/valueset-operation-expand.html
/// </summary>
public sealed class ExpandValueSet(
    TerminologyService terminology,
    GuardedStore store,
    TimeProvider clock
) : IOperation<ExpandValueSet>
{
    public static Operation Definition { get; } =
        new("expand", Levels.Type | Levels.Instance, Permission.ReadHealthRecords, 'r')
        {
            Description =
                "Lists the codes of a value set, page by page, or those that match a text.",
            Standard = "http://hl7.org/fhir/OperationDefinition/ValueSet-expand",
            Types = ["ValueSet"],
            In =
            [
                new("url", "uri"),
                new("valueSet", "ValueSet"),
                new("valueSetVersion", "string"),
                new("filter", "string"),
                new("offset", "integer"),
                new("count", "integer"),
                new("includeDesignations", "boolean"),
                new("includeDefinition", "boolean"),
                new("activeOnly", "boolean"),
                // The answer is always flat, so it keeps to this one whichever way it is asked.
                new("excludeNested", "boolean"),
                CodeArguments.Language,
            ],
            Out = [new("return", "ValueSet", 1)],
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        var asked = new ExpansionRequest(
            arguments.Text("filter"),
            Demand(arguments, "offset") ?? 0,
            Demand(arguments, "count"),
            arguments.Flag("activeOnly") ?? false
        );
        var set = await terminology.DemandValueSet(request, arguments, store, cancel);
        var expansion = Expansion.Of(set, asked);
        return FhirAnswer.Json(200, json => Write(json, set, asked, expansion, arguments));
    }

    private static int? Demand(Arguments arguments, string name) =>
        arguments.Number(name) switch
        {
            < 0 => throw new Formats.FhirRefusal(
                400,
                "value",
                $"{name} must not be negative.",
                name
            ),
            var number => number,
        };

    private void Write(
        Utf8JsonWriter json,
        ValueSet set,
        ExpansionRequest asked,
        Expansion expansion,
        Arguments arguments
    )
    {
        json.WriteStartObject();
        json.WriteString("resourceType", "ValueSet");
        Text(json, "url", set.Url);
        Text(json, "version", set.Version);
        Text(json, "name", set.Name);
        Text(json, "title", set.Title);
        json.WriteString("status", "active");
        json.WriteStartObject("expansion");
        json.WriteString("identifier", $"urn:uuid:{Guid.CreateVersion7(clock.GetUtcNow())}");
        json.WriteString("timestamp", clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffzzz"));
        json.WriteNumber("total", expansion.Total);
        json.WriteNumber("offset", asked.Offset);
        Parameters(json, asked, arguments);
        if (expansion.Page.Count > 0)
        {
            json.WriteStartArray("contains");
            foreach (var code in expansion.Page)
            {
                Write(json, code, arguments);
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Parameters(Utf8JsonWriter json, ExpansionRequest asked, Arguments arguments)
    {
        json.WriteStartArray("parameter");
        if (asked.Filter is { Length: > 0 } filter)
        {
            Parameter("filter", "valueString", filter);
        }
        if (asked.Count is { } count)
        {
            json.WriteStartObject();
            json.WriteString("name", "count");
            json.WriteNumber("valueInteger", count);
            json.WriteEndObject();
        }
        if (arguments.Text("displayLanguage") is { } language)
        {
            Parameter("displayLanguage", "valueCode", language);
        }
        json.WriteStartObject();
        json.WriteString("name", "activeOnly");
        json.WriteBoolean("valueBoolean", asked.ActiveOnly);
        json.WriteEndObject();
        json.WriteEndArray();

        void Parameter(string name, string type, string value)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString(type, value);
            json.WriteEndObject();
        }
    }

    private static void Write(Utf8JsonWriter json, ExpandedCode code, Arguments arguments)
    {
        var concept = code.Concept;
        json.WriteStartObject();
        json.WriteString("system", code.System);
        if (concept.IsAbstract)
        {
            json.WriteBoolean("abstract", true);
        }
        if (concept.IsInactive)
        {
            json.WriteBoolean("inactive", true);
        }
        Text(json, "version", code.Of?.Version);
        json.WriteString("code", concept.Code);
        Text(
            json,
            "display",
            concept.DisplayIn(arguments.Text("displayLanguage"), code.Of?.Language)
        );
        var designations = concept
            .Designations.Where(_ => arguments.Flag("includeDesignations") is true)
            .Select(designation => (designation.Language, Value: (string?)designation.Value))
            .ToList();
        if (arguments.Flag("includeDefinition") is true && concept.Definition is { } definition)
        {
            designations.Add((code.Of?.Language, definition));
        }
        if (designations.Count > 0)
        {
            json.WriteStartArray("designation");
            foreach (var (language, value) in designations)
            {
                json.WriteStartObject();
                Text(json, "language", language);
                json.WriteString("value", value);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is { Length: > 0 })
        {
            json.WriteString(name, value);
        }
    }
}
