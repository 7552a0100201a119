using System.Globalization;
using System.Text.Json;
using Health.Fhir.Terminology.Codes;

namespace Health.Fhir.Validation.Definitions;

/// <summary>An ElementDefinition as a rule.</summary>
internal static class ElementRuleReader
{
    private const string SystemTypes = "http://hl7.org/fhirpath/System.";

    /// <summary>The real type of Element.id and alike, which the specification gives as a type of FHIRPath.</summary>
    private const string FhirType =
        "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";

    public static ElementRule Read(JsonElement json)
    {
        var path = CodeSystemReader.Text(json, "path") ?? "";
        var name = path[(path.LastIndexOf('.') + 1)..];
        var isChoice = name.EndsWith("[x]", StringComparison.Ordinal);
        return new ElementRule
        {
            Id = CodeSystemReader.Text(json, "id") ?? path,
            Name = isChoice ? name[..^3] : name,
            IsChoice = isChoice,
            Min = json.TryGetProperty("min", out var min) ? min.GetInt32() : 0,
            Max = CodeSystemReader.Text(json, "max") switch
            {
                null => null,
                "*" => int.MaxValue,
                var max => int.Parse(max, CultureInfo.InvariantCulture),
            },
            Types = [.. CodeSystemReader.Each(json, "type").Select(Type)],
            ContentReference = CodeSystemReader.Text(json, "contentReference") is { } reference
                ? reference[(reference.IndexOf('#') + 1)..]
                : null,
            Fixed = Valued(json, "fixed"),
            Pattern = Valued(json, "pattern"),
            MinValue = Valued(json, "minValue"),
            MaxValue = Valued(json, "maxValue"),
            MaxLength = json.TryGetProperty("maxLength", out var length) ? length.GetInt32() : null,
            Binding =
                json.TryGetProperty("binding", out var binding)
                && CodeSystemReader.Text(binding, "valueSet") is { } set
                    ? new(CodeSystemReader.Text(binding, "strength") ?? "example", set)
                    : null,
            Constraints =
            [
                .. CodeSystemReader
                    .Each(json, "constraint")
                    .Select(Constraint)
                    .OfType<ConstraintRule>(),
            ],
            Slicing = json.TryGetProperty("slicing", out var slicing) ? Slicing(slicing) : null,
            SliceName = CodeSystemReader.Text(json, "sliceName"),
        };
    }

    private static TypeRule Type(JsonElement json)
    {
        var code = CodeSystemReader.Text(json, "code") ?? "";
        if (code.StartsWith(SystemTypes, StringComparison.Ordinal))
        {
            code =
                CodeSystemReader
                    .Each(json, "extension")
                    .Where(extension => CodeSystemReader.Text(extension, "url") == FhirType)
                    .Select(extension =>
                        CodeSystemReader.Text(extension, "valueUrl")
                        ?? CodeSystemReader.Text(extension, "valueUri")
                    )
                    .FirstOrDefault()
                ?? "string";
        }
        return new(code, Texts(json, "profile"), Texts(json, "targetProfile"));
    }

    private static ConstraintRule? Constraint(JsonElement json) =>
        CodeSystemReader.Text(json, "expression") is { } expression
            ? new(
                CodeSystemReader.Text(json, "key") ?? "",
                CodeSystemReader.Text(json, "severity") == "error",
                CodeSystemReader.Text(json, "human") ?? "",
                expression
            )
            : null;

    private static SlicingRule Slicing(JsonElement json) =>
        new(
            [
                .. CodeSystemReader
                    .Each(json, "discriminator")
                    .Select(one => new Discriminator(
                        CodeSystemReader.Text(one, "type") ?? "value",
                        CodeSystemReader.Text(one, "path") ?? "$this"
                    )),
            ],
            CodeSystemReader.Text(json, "rules") ?? "open",
            json.TryGetProperty("ordered", out var ordered) && ordered.GetBoolean()
        );

    private static JsonElement? Valued(JsonElement json, string start)
    {
        foreach (var part in json.EnumerateObject())
        {
            if (
                part.Name.StartsWith(start, StringComparison.Ordinal)
                && part.Name.Length > start.Length
                && char.IsAsciiLetterUpper(part.Name[start.Length])
            )
            {
                return part.Value;
            }
        }
        return null;
    }

    private static List<string> Texts(JsonElement json, string name) =>
        [.. CodeSystemReader.Each(json, name).Select(one => one.GetString()!)];
}
