using Health.Fhir.Search.Definitions;

namespace Health.Fhir.Search.Reading;

/// <summary>The forms of primitive values, for who judges them by the name of their type.</summary>
public static class PrimitiveText
{
    /// <param name="type">A primitive type of R4, such as <c>dateTime</c>.</param>
    /// <returns>Null when the type is not primitive; else the JSON that writes it: string, number or boolean.</returns>
    public static string? JsonOf(string type) =>
        KindOf(type) is { } kind
            ? Primitives.JsonKind(kind) switch
            {
                NodeKind.True => "boolean",
                NodeKind.Number => "number",
                _ => "string",
            }
            : null;

    /// <summary>What is wrong with the value, or null.</summary>
    public static string? Refusal(string type, ReadOnlySpan<byte> value) =>
        KindOf(type) is { } kind ? Primitives.Refusal(kind, value) : null;

    private static DataKind? KindOf(string type) =>
        type switch
        {
            "boolean" => DataKind.Boolean,
            "integer" => DataKind.Integer,
            "unsignedInt" => DataKind.UnsignedInt,
            "positiveInt" => DataKind.PositiveInt,
            "decimal" => DataKind.Decimal,
            "string" => DataKind.String,
            "markdown" => DataKind.Markdown,
            "code" => DataKind.Code,
            "id" => DataKind.Id,
            "uri" => DataKind.Uri,
            "url" => DataKind.Url,
            "canonical" => DataKind.Canonical,
            "oid" => DataKind.Oid,
            "uuid" => DataKind.Uuid,
            "date" => DataKind.Date,
            "dateTime" => DataKind.DateTime,
            "instant" => DataKind.Instant,
            "time" => DataKind.Time,
            "base64Binary" => DataKind.Base64,
            "xhtml" => DataKind.Xhtml,
            _ => null,
        };
}
