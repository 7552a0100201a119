using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace Health.Fhir.Api.Formats;

/// <summary>Firely's model to and from JSON, for what is not hot: patch, operations, XML, the capability statement.</summary>
public static class FhirJson
{
    // What is stored was checked when it came in; reading it back must never fail.
    private static readonly BaseFhirJsonDeserializer Trusting = new FhirJsonDeserializer(
        new DeserializerSettings().UsingMode(DeserializationMode.Ostrich)
    );
    private static readonly BaseFhirJsonDeserializer Strict = new FhirJsonDeserializer(
        new DeserializerSettings().UsingMode(DeserializationMode.Strict)
    );
    private static readonly BaseFhirJsonSerializer Serializer = new FhirJsonSerializer();

    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = Limits.NestingDepth * 2,
    };

    /// <summary>A resource from the store.</summary>
    public static Resource Parse(ReadOnlyMemory<byte> stored)
    {
        var reader = Open(stored);
        Trusting.TryDeserializeResource(ref reader, out var resource, out _);
        return resource!;
    }

    /// <summary>A resource from outside.</summary>
    /// <exception cref="FhirRefusal">400: not JSON, or not right by the definitions of R4.</exception>
    public static Resource Demand(ReadOnlyMemory<byte> body)
    {
        ResourceHead.Of(body);
        var reader = Open(body);
        try
        {
            return Strict.TryDeserializeResource(ref reader, out var resource, out var problems)
                ? resource!
                : throw new FhirRefusal(
                    400,
                    [
                        .. problems
                            .Take(20)
                            .Select(problem => Issue.Error("structure", problem.Message)),
                    ]
                );
        }
        catch (IndexOutOfRangeException)
        {
            // Firely's reader looks at the first letter of a property's name, and there is none.
            throw new FhirRefusal(400, "structure", "A property has an empty name.");
        }
    }

    /// <summary>With letters as they are: Vietnamese is not escaped.</summary>
    public static byte[] Write(JsonNode? node) =>
        JsonSerializer.SerializeToUtf8Bytes(node, Readable);

    /// <inheritdoc cref="Write(JsonNode?)"/>
    public static byte[] Write(Resource resource)
    {
        var json = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(json, new() { Encoder = Readable.Encoder }))
        {
            Serializer.Serialize(resource, writer);
        }
        return json.WrittenSpan.ToArray();
    }

    public static bool IsPrimitive(string type) =>
        ModelInfo.ModelInspector.FindClassMapping(type) is { IsFhirPrimitive: true };

    /// <summary>One value of a data type, such as <c>Coding</c> or <c>date</c>, that was checked before.</summary>
    public static DataType? Value(JsonElement value, string type) =>
        ModelInfo.ModelInspector.FindClassMapping(type) is { } mapping
            ? Value(value, mapping) as DataType
            : null;

    /// <inheritdoc cref="Value(JsonElement, string)"/>
    public static Base? Value(JsonElement value, ClassMapping mapping)
    {
        if (mapping.IsFhirPrimitive)
        {
            var primitive = (PrimitiveType)Activator.CreateInstance(mapping.NativeType)!;
            primitive.JsonValue = value.ValueKind switch
            {
                JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
                JsonValueKind.Number when value.TryGetInt32(out var number) => number,
                JsonValueKind.Number => value.GetDecimal(),
                _ => value.GetString(),
            };
            return primitive;
        }
        var reader = Open(JsonSerializer.SerializeToUtf8Bytes(value));
        Trusting.TryDeserializeObject(mapping.NativeType, ref reader, out var read, out _);
        return read;
    }

    private static Utf8JsonReader Open(ReadOnlyMemory<byte> json) =>
        new(json.Span, new JsonReaderOptions { MaxDepth = Limits.NestingDepth * 2 });
}
