using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;

namespace Health.Fhir.Api.Formats;

public enum Summary
{
    False,
    True,
    Text,
    Data,
    Count,
}

/// <summary>
/// <c>_summary</c> and <c>_elements</c> (https://hl7.org/fhir/R4/search.html#summary): leaves elements out of the stored JSON while
/// copying it, and marks the result SUBSETTED so that nobody writes it back as if it were whole.
/// </summary>
/// <param name="Elements">Names at the top level, or <c>Type.name</c> for one type alone; null when not asked.</param>
public sealed record Subset(Summary Summary, IReadOnlySet<string>? Elements)
{
    public static Subset Whole { get; } = new(Summary.False, null);

    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly HashSet<string> OfText = ["id", "meta", "text", "implicitRules"];

    private static readonly ConcurrentDictionary<ClassMapping, Dictionary<string, Element>> Tables =
        new();

    public bool IsWhole => Elements is null && Summary is Summary.False or Summary.Count;

    /// <exception cref="FhirRefusal">400: not one of the five values, or both parameters at once.</exception>
    public static Subset Parse(string? summary, IEnumerable<string> elements)
    {
        var names = elements
            .SelectMany(list => list.Split(',', StringSplitOptions.TrimEntries))
            .Where(name => name.Length > 0)
            .ToHashSet();
        var kind = summary switch
        {
            null or "" or "false" => Summary.False,
            "true" => Summary.True,
            "text" => Summary.Text,
            "data" => Summary.Data,
            "count" => Summary.Count,
            _ => throw new FhirRefusal(
                400,
                "value",
                $"_summary={summary} is not known: use true, text, data, count or false.",
                "_summary"
            ),
        };
        return new(kind, names.Count > 0 ? names : null);
    }

    /// <summary>Copies one resource without what is left out.</summary>
    public void Copy(ReadOnlySpan<byte> resource, IBufferWriter<byte> target)
    {
        if (IsWhole)
        {
            target.Write(resource);
            return;
        }
        using var json = new Utf8JsonWriter(target, Options);
        var reader = Open(resource);
        var type = TypeOf(resource);
        if (type is null)
        {
            target.Write(resource);
            return;
        }
        reader.Read();
        json.WriteStartObject();
        json.WriteString("resourceType"u8, type.Name);
        var table = TableOf(type);
        var marked = false;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name == "resourceType")
            {
                continue;
            }
            // Subset marking belongs after id, where meta stands.
            if (!marked && name is not ("id" or "meta"))
            {
                json.WritePropertyName("meta"u8);
                WriteMeta(json, null);
                marked = true;
            }
            var element = table.GetValueOrDefault(name.TrimStart('_'));
            if (name == "meta")
            {
                json.WritePropertyName(name);
                WriteMeta(json, JsonNode.Parse(Raw(ref reader, resource))!.AsObject());
                marked = true;
            }
            else if (!Keeps(type.Name, name.TrimStart('_'), element))
            {
                reader.Skip();
            }
            else
            {
                json.WritePropertyName(name);
                CopyValue(
                    ref reader,
                    resource,
                    json,
                    Summary is Summary.True && Elements is null ? element?.Type : null
                );
            }
        }
        if (!marked)
        {
            json.WritePropertyName("meta"u8);
            WriteMeta(json, null);
        }
        json.WriteEndObject();
        json.Flush();
    }

    private bool Keeps(string type, string name, Element? element)
    {
        if (name is "id")
        {
            return true;
        }
        if (Elements is not null)
        {
            return Elements.Contains(name)
                || Elements.Contains(type + "." + name)
                || element is { ChoiceName: { } choice }
                    && (Elements.Contains(choice) || Elements.Contains(type + "." + choice))
                || element is { Mandatory: true } or { Modifier: true };
        }
        return Summary switch
        {
            Summary.True => element is { InSummary: true },
            Summary.Text => OfText.Contains(name) || element is { Mandatory: true },
            Summary.Data => name is not "text",
            _ => true,
        };
    }

    private static void CopyValue(
        ref Utf8JsonReader reader,
        ReadOnlySpan<byte> source,
        Utf8JsonWriter json,
        ClassMapping? inside
    )
    {
        if (
            inside is null
            || reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)
        )
        {
            json.WriteRawValue(Raw(ref reader, source), skipInputValidation: true);
            return;
        }
        if (reader.TokenType is JsonTokenType.StartArray)
        {
            json.WriteStartArray();
            while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
            {
                CopyValue(ref reader, source, json, inside);
            }
            json.WriteEndArray();
            return;
        }
        var table = TableOf(inside);
        json.WriteStartObject();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (table.GetValueOrDefault(name.TrimStart('_')) is { InSummary: true } element)
            {
                json.WritePropertyName(name);
                CopyValue(ref reader, source, json, element.Type);
            }
            else
            {
                reader.Skip();
            }
        }
        json.WriteEndObject();
    }

    private static ReadOnlySpan<byte> Raw(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return source[start..(int)reader.BytesConsumed];
    }

    private static void WriteMeta(Utf8JsonWriter json, JsonObject? meta)
    {
        meta ??= [];
        if (meta["tag"] is not JsonArray tags)
        {
            meta["tag"] = tags = [];
        }
        tags.Add(
            (JsonNode)
                new JsonObject
                {
                    ["system"] = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
                    ["code"] = "SUBSETTED",
                }
        );
        meta.WriteTo(json);
    }

    private static ClassMapping? TypeOf(ReadOnlySpan<byte> resource)
    {
        var reader = Open(resource);
        reader.Read();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("resourceType"u8);
            reader.Read();
            if (isType)
            {
                return ModelInfo.ModelInspector.FindClassMapping(reader.GetString()!);
            }
            reader.Skip();
        }
        return null;
    }

    private static Utf8JsonReader Open(ReadOnlySpan<byte> json) =>
        new(json, new JsonReaderOptions { MaxDepth = Limits.NestingDepth * 2 });

    private static Dictionary<string, Element> TableOf(ClassMapping type) =>
        Tables.GetOrAdd(
            type,
            static type =>
            {
                var table = new Dictionary<string, Element>(StringComparer.Ordinal);
                foreach (var property in type.PropertyMappings)
                {
                    if (property.Choice is ChoiceType.DatatypeChoice)
                    {
                        foreach (var choice in property.FhirTypeMappings)
                        {
                            table[
                                property.Name
                                    + char.ToUpperInvariant(choice.Name[0])
                                    + choice.Name[1..]
                            ] = Element.Of(property, choice, property.Name);
                        }
                        continue;
                    }
                    table[property.Name] = Element.Of(property, property.PropertyTypeMapping, null);
                }
                return table;
            }
        );

    private sealed record Element(
        bool InSummary,
        bool Mandatory,
        bool Modifier,
        ClassMapping? Type,
        string? ChoiceName
    )
    {
        /// <summary>
        /// A type none of whose elements is marked, such as SampledData, is taken whole; in others, such as Attachment, what is not
        /// marked is left out (its data).
        /// </summary>
        public static Element Of(PropertyMapping property, ClassMapping? type, string? choice) =>
            new(
                property.InSummary,
                property.IsMandatoryElement,
                property.IsModifier,
                type is { IsFhirPrimitive: false }
                && type.PropertyMappings.Any(inner => inner.InSummary)
                    ? type
                    : null,
                choice
            );
    }
}
