using System.Text.Json;
using System.Text.Unicode;

namespace Health.Fhir.Api.Formats;

/// <summary>
/// Type and id of a body, found without parsing the rest. The store checks the whole; this is what an interaction must know first.
/// </summary>
public sealed record ResourceHead(string Type, string? Id)
{
    public static JsonReaderOptions Options { get; } = new() { MaxDepth = Limits.NestingDepth };

    /// <exception cref="FhirRefusal">400: no body, not JSON (with line and position), or no resource of this type.</exception>
    public static ResourceHead Demand(ReadOnlyMemory<byte> body, string? type = null)
    {
        var head = Of(body);
        if (type is not null && head.Type != type)
        {
            throw new FhirRefusal(
                400,
                "invalid",
                $"The body is a {head.Type}, but the address is for {type}.",
                "resourceType"
            );
        }
        return head;
    }

    public static ResourceHead Of(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            throw new FhirRefusal(400, "required", "The body is empty: a resource is expected.");
        }
        if (!Utf8.IsValid(body.Span))
        {
            throw new FhirRefusal(400, "structure", "The body is not UTF-8.");
        }
        try
        {
            return Scan(body.Span);
        }
        catch (JsonException malformed)
        {
            throw Malformed(malformed);
        }
    }

    public static FhirRefusal Malformed(JsonException malformed)
    {
        // The reader's own words end with "LineNumber: 0 | BytePositionInLine: 3." counted from 0; people count from 1.
        var words = malformed.Message.Split(" LineNumber:")[0];
        return new FhirRefusal(
            400,
            "structure",
            $"Malformed JSON at line {malformed.LineNumber + 1}, position {malformed.BytePositionInLine + 1}: {words}"
        );
    }

    private static ResourceHead Scan(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, Options);
        string? type = null,
            id = null;
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
        {
            throw new FhirRefusal(
                400,
                "structure",
                "A resource is a JSON object: { \"resourceType\": … }."
            );
        }
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("resourceType"u8);
            var isId = reader.ValueTextEquals("id"u8);
            reader.Read();
            if (isType)
            {
                type = Text(ref reader, "resourceType");
            }
            else if (isId)
            {
                id = Text(ref reader, "id");
            }
            else
            {
                reader.Skip();
            }
        }
        // Anything after the object is an error too.
        while (reader.Read()) { }
        return type is { Length: > 0 }
            ? new(type, id)
            : throw new FhirRefusal(400, "required", "resourceType is missing.", "resourceType");
    }

    private static string Text(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType is not JsonTokenType.String)
        {
            throw new FhirRefusal(400, "value", $"{name} must be a string.", name);
        }
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new FhirRefusal(400, "value", $"{name} is not valid Unicode.", name);
        }
    }
}
