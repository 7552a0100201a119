using System.Text.Json;

namespace Health.Fhir.Terminology.Codes;

/// <summary>A CodeSystem resource as a table (https://hl7.org/fhir/R4/codesystem.html).</summary>
public static class CodeSystemReader
{
    /// <summary>Null when the resource names codes that are kept elsewhere (<c>content</c> not-present or supplement).</summary>
    /// <param name="resource">A CodeSystem, as stored.</param>
    public static ConceptTable? Read(JsonElement resource)
    {
        var content = Text(resource, "content");
        if (Text(resource, "url") is not { } url || content is "not-present" or "supplement")
        {
            return null;
        }
        var concepts = new List<Concept>();
        var links = new List<(Concept Concept, string Other, bool IsParent)>();
        Add(resource, null, concepts, links);
        var table = new ConceptTable(
            url,
            // R4 has no default; codes that differ by case alone are rarely meant to be one.
            !resource.TryGetProperty("caseSensitive", out var sensitive) || sensitive.GetBoolean(),
            concepts
        )
        {
            Version = Text(resource, "version"),
            Name = Text(resource, "name"),
            Title = Text(resource, "title"),
            Language = Text(resource, "language"),
            IsComplete = content is "complete",
        };
        foreach (var (concept, other, isParent) in links)
        {
            if (table.Find(other) is { } found && found != concept)
            {
                if (isParent && !CodeSystem.IsUnder(found, concept))
                {
                    concept.Under(found);
                }
                else if (!isParent && !CodeSystem.IsUnder(concept, found))
                {
                    found.Under(concept);
                }
            }
        }
        return table;
    }

    private static void Add(
        JsonElement of,
        Concept? parent,
        List<Concept> concepts,
        List<(Concept, string, bool)> links
    )
    {
        foreach (var json in Each(of, "concept"))
        {
            if (Text(json, "code") is not { } code)
            {
                continue;
            }
            var properties = Each(json, "property")
                .Select(Property)
                .OfType<ConceptProperty>()
                .ToList();
            var concept = new Concept(code, Text(json, "display"))
            {
                Definition = Text(json, "definition"),
                Designations = [.. Each(json, "designation").Select(DesignationOf)],
                Properties = properties,
                IsAbstract = properties.Any(property =>
                    property is { Code: "notSelectable" or "abstract", Value: "true" }
                ),
                IsInactive = properties.Any(property =>
                    property
                        is { Code: "inactive", Value: "true" }
                            or { Code: "status", Value: "retired" or "inactive" }
                ),
            };
            concepts.Add(concept);
            if (parent is not null)
            {
                concept.Under(parent);
            }
            foreach (var property in properties)
            {
                if (property.Code is "parent" or "subsumedBy" or "child")
                {
                    links.Add((concept, property.Value, property.Code is not "child"));
                }
            }
            Add(json, concept, concepts, links);
        }
    }

    private static ConceptProperty? Property(JsonElement json)
    {
        foreach (var part in json.EnumerateObject())
        {
            if (part.Name.StartsWith("value", StringComparison.Ordinal))
            {
                var value = part.Value.ValueKind switch
                {
                    JsonValueKind.Object => Text(part.Value, "code"),
                    JsonValueKind.String => part.Value.GetString(),
                    _ => part.Value.GetRawText(),
                };
                return Text(json, "code") is { } code && value is not null
                    ? new(code, part.Name[5..], value)
                    : null;
            }
        }
        return null;
    }

    internal static Designation DesignationOf(JsonElement json) =>
        new(
            Text(json, "language"),
            json.TryGetProperty("use", out var use) ? Text(use, "code") : null,
            Text(json, "value") ?? ""
        );

    public static IEnumerable<JsonElement> Each(JsonElement of, string name) =>
        of.ValueKind is JsonValueKind.Object
        && of.TryGetProperty(name, out var array)
        && array.ValueKind is JsonValueKind.Array
            ? array.EnumerateArray()
            : [];

    public static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;
}
