using System.Diagnostics.CodeAnalysis;
using Microsoft.Net.Http.Headers;

namespace Health.Fhir.Api.Formats;

public enum Format
{
    Json,
    Xml,
}

/// <summary>Which format the client sends and wants (https://hl7.org/fhir/R4/http.html#mime-type).</summary>
public static class Negotiation
{
    public const string FhirJson = "application/fhir+json";
    public const string FhirXml = "application/fhir+xml";
    public const string FhirNdjson = "application/fhir+ndjson";
    public const string Csv = "text/csv";
    public const string JsonPatch = "application/json-patch+json";
    public const string Form = "application/x-www-form-urlencoded";

    private static readonly Dictionary<string, Format> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["json"] = Format.Json,
        ["application/json"] = Format.Json,
        ["text/json"] = Format.Json,
        [FhirJson] = Format.Json,
        ["application/json+fhir"] = Format.Json,
        ["xml"] = Format.Xml,
        ["application/xml"] = Format.Xml,
        ["text/xml"] = Format.Xml,
        [FhirXml] = Format.Xml,
        ["application/xml+fhir"] = Format.Xml,
    };

    public static string ContentType(this Format format) =>
        format is Format.Xml ? FhirXml + "; charset=utf-8" : FhirJson + "; charset=utf-8";

    /// <summary>
    /// <c>_format</c> decides; without it the Accept header; without that the format of the body; else JSON.
    /// </summary>
    /// <exception cref="FhirRefusal">406: nothing of what is accepted can be given.</exception>
    public static Format Wanted(string? format, IList<string?> accept, string? contentType)
    {
        if (format is { Length: > 0 })
        {
            // An unescaped + in a query means a space.
            return TryParse(format.Replace(' ', '+'), out var named)
                ? named
                : throw NotAcceptable(format, "_format");
        }
        if (
            accept.Count == 0
            || !MediaTypeHeaderValue.TryParseList(accept!, out var ranges)
            || ranges.Count == 0
        )
        {
            return TryParse(contentType, out var sent) ? sent : Format.Json;
        }
        var ordered = ranges
            .Where(range => range.Quality is not 0)
            .OrderByDescending(range => range.Quality ?? 1)
            .ToList();
        // A browser names text/html first and XML before anything; people read JSON more easily.
        if (ordered.Exists(range => range.MediaType == "text/html"))
        {
            return Format.Json;
        }
        foreach (var range in ordered)
        {
            if (range.MatchesAllTypes || range.MediaType == "application/*")
            {
                return TryParse(contentType, out var sent) ? sent : Format.Json;
            }
            if (TryParse(range.MediaType.Value, out var named) && IsR4(range))
            {
                return named;
            }
        }
        throw NotAcceptable(string.Join(", ", accept), "http.Accept");
    }

    /// <exception cref="FhirRefusal">415: the body is in none of the known formats.</exception>
    public static Format Sent(string? contentType)
    {
        if (
            MediaTypeHeaderValue.TryParse(contentType, out var media)
            && TryParse(media.MediaType.Value, out var format)
            && IsR4(media)
        )
        {
            if (
                media.Charset is { Length: > 0 } charset
                && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            )
            {
                throw Unsupported($"The charset {charset} is not taken: FHIR is UTF-8.");
            }
            return format;
        }
        throw Unsupported(
            contentType is { Length: > 0 }
                ? $"The Content-Type '{contentType}' is not taken here: send {FhirJson} or {FhirXml} (fhirVersion 4.0)."
                : $"The Content-Type is missing: send {FhirJson} or {FhirXml}."
        );
    }

    public static FhirRefusal Unsupported(string diagnostics) =>
        new(415, "not-supported", diagnostics, "http.Content-Type");

    private static bool TryParse([NotNullWhen(true)] string? name, out Format format)
    {
        format = default;
        return name is not null && Names.TryGetValue(name.Split(';')[0].Trim(), out format);
    }

    private static bool IsR4(MediaTypeHeaderValue media)
    {
        var version = media.Parameters.FirstOrDefault(parameter =>
            parameter.Name.Equals("fhirVersion", StringComparison.OrdinalIgnoreCase)
        );
        return version is null || version.GetUnescapedValue().Value is "4.0" or "4.0.1";
    }

    private static FhirRefusal NotAcceptable(string asked, string where) =>
        new(
            406,
            "not-supported",
            $"'{asked}' cannot be given: ask for {FhirJson} or {FhirXml} (fhirVersion 4.0).",
            where
        );
}
