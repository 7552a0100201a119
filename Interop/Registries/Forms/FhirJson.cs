using System.Globalization;
using System.Text.Json;
using SharedKernel.Contracts;

namespace Interop.Registries.Forms;

/// <summary>The few looks into stored FHIR JSON that counting needs, without parsing it to objects.</summary>
internal static class FhirJson
{
    public static string? Text(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (
                element.ValueKind is not JsonValueKind.Object
                || !element.TryGetProperty(name, out element)
            )
            {
                return null;
            }
        }
        return element.ValueKind is JsonValueKind.String ? element.GetString() : null;
    }

    /// <summary>The elements of a list; none when there is no such list.</summary>
    public static IEnumerable<JsonElement> Each(JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object
        && element.TryGetProperty(name, out var list)
        && list.ValueKind is JsonValueKind.Array
            ? list.EnumerateArray()
            : [];

    /// <summary>System and code of the codings of a CodeableConcept.</summary>
    public static IEnumerable<(string? System, string? Code)> Codings(
        JsonElement element,
        string name
    ) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var concept)
            ? Each(concept, "coding")
                .Select(coding => (Text(coding, "system"), Text(coding, "code")))
            : [];

    public static string? Icd10(JsonElement element, string name) =>
        Codings(element, name)
            .Where(coding =>
                coding.System?.Contains("icd-10", StringComparison.OrdinalIgnoreCase) == true
            )
            .Select(coding => coding.Code)
            .FirstOrDefault(code => code is not null);

    /// <summary><c>Patient/123</c> to <c>123</c>, also of an absolute address or one with a version.</summary>
    public static string? IdOf(string? reference)
    {
        if (reference is null)
        {
            return null;
        }
        var current = reference.Split("/_history/")[0];
        return current[(current.LastIndexOf('/') + 1)..];
    }

    public static DateTimeOffset? Changed(JsonElement resource) =>
        DateTimeOffset.TryParse(
            Text(resource, "meta", "lastUpdated"),
            CultureInfo.InvariantCulture,
            out var changed
        )
            ? changed
            : null;

    /// <summary>The end of what <paramref name="text"/> can mean; a day without a time is Viet Nam's.</summary>
    public static bool TryEnd(string? text, out DateTimeOffset end)
    {
        if (PartialDate.TryParse(text, null, out var day))
        {
            end = new(day.Last, TimeOnly.MaxValue, VietnamTime.Offset);
            return true;
        }
        return DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out end
        );
    }

    /// <summary>For a query; in UTC, so that no plus sign must travel.</summary>
    public static string Instant(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
