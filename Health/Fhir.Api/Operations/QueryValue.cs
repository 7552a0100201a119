using System.Globalization;
using System.Text.Json;

namespace Health.Fhir.Api.Operations;

/// <summary>Arguments in an address have no type of their own: the definition's is taken.</summary>
internal static class QueryValue
{
    /// <summary>A value of the query as it stands in JSON; null when it cannot be of the type.</summary>
    public static JsonElement? Json(string type, string text) =>
        type switch
        {
            "boolean" => text is "true" or "false"
                ? JsonSerializer.SerializeToElement(text == "true")
                : null,
            "integer" or "unsignedInt" or "positiveInt" => int.TryParse(
                text,
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var number
            )
                ? JsonSerializer.SerializeToElement(number)
                : null,
            "decimal" => decimal.TryParse(
                text,
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out var value
            )
                ? JsonSerializer.SerializeToElement(value)
                : null,
            // An unescaped + in a query means a space: 2026-01-01T00:00:00 07:00.
            "dateTime" or "instant" => JsonSerializer.SerializeToElement(text.Replace(' ', '+')),
            _ => JsonSerializer.SerializeToElement(text),
        };
}
