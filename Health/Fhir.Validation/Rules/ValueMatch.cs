using System.Globalization;
using System.Text.Json;
using Health.Fhir.Validation.Content;

namespace Health.Fhir.Validation.Rules;

/// <summary>Comparing what is there with the fixed, pattern, least and greatest values of a definition.</summary>
internal static class ValueMatch
{
    /// <summary>The same in every part (https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.fixed_x_).</summary>
    public static bool IsFixed(Element element, JsonElement value) =>
        Matches(element, value)
        && (
            value.ValueKind is not JsonValueKind.Object
            || element.Children.All(child => value.TryGetProperty(child.Name, out _))
                && value
                    .EnumerateObject()
                    .All(part =>
                        part.Value.ValueKind is JsonValueKind.Array
                            ? Many(element, part.Name).Count == part.Value.GetArrayLength()
                                && Many(element, part.Name)
                                    .Zip(part.Value.EnumerateArray())
                                    .All(pair => IsFixed(pair.First, pair.Second))
                            : element.Child(part.Name) is { } child && IsFixed(child, part.Value)
                    )
        );

    /// <summary>At least what the pattern has; of an array, each item of the pattern somewhere.</summary>
    public static bool Matches(Element element, JsonElement pattern) =>
        pattern.ValueKind switch
        {
            JsonValueKind.Object => pattern
                .EnumerateObject()
                .All(part =>
                    part.Value.ValueKind is JsonValueKind.Array
                        ? part
                            .Value.EnumerateArray()
                            .All(item => Many(element, part.Name).Any(one => Matches(one, item)))
                        : Many(element, part.Name).Any(one => Matches(one, part.Value))
                ),
            JsonValueKind.String => element.Text == pattern.GetString(),
            JsonValueKind.Number => element.Kind is ValueKind.Number
                && Number(element.Text) == Number(pattern.GetRawText()),
            JsonValueKind.True or JsonValueKind.False => element.Text == pattern.GetRawText(),
            _ => false,
        };

    /// <summary>Negative when it is less; null when the two cannot be compared.</summary>
    public static int? Compare(Element element, JsonElement bound)
    {
        if (bound.ValueKind is JsonValueKind.Object)
        {
            var unit =
                bound.TryGetProperty("code", out var code)
                && element.Child("code")?.Text != code.GetString();
            return
                !unit
                && bound.TryGetProperty("value", out var value)
                && element.Child("value") is { } own
                ? Compare(own, value)
                : null;
        }
        if (bound.ValueKind is JsonValueKind.Number)
        {
            return Number(element.Text) is { } number && Number(bound.GetRawText()) is { } other
                ? number.CompareTo(other)
                : null;
        }
        // Dates and times of the same precision and zone compare as text.
        return
            element.Text is { } text
            && bound.GetString() is { } against
            && text.Length == against.Length
            ? string.CompareOrdinal(text, against)
            : null;
    }

    /// <summary>For messages: the value as short JSON.</summary>
    public static string Shown(JsonElement value) =>
        value.GetRawText() is { Length: > 120 } text ? text[..120] + "…" : value.GetRawText();

    private static List<Element> Many(Element element, string name) =>
        element.Children.FindAll(child => child.Name == name);

    private static decimal? Number(string? text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
