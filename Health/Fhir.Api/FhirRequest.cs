using Health.Fhir.Api.Formats;
using SharedKernel.Contracts;

namespace Health.Fhir.Api;

/// <summary>
/// What one interaction is asked, whether it came by HTTP or as an entry of a bundle
/// (https://hl7.org/fhir/R4/http.html).
/// </summary>
public sealed record FhirRequest
{
    private static readonly string[] Shaping = ["_format", "_pretty", "_summary", "_elements"];

    public required FhirRoute Route { get; init; }

    /// <summary>Address of the service as the client knows it, without a final slash.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>With only those of the token's scopes that allow this route on its type.</summary>
    public required Caller Caller { get; init; }

    /// <summary>The caller with all scopes of the token.</summary>
    public required Caller SignedIn { get; init; }

    public required Limits Limits { get; init; }

    public string? Type { get; init; }
    public string? Id { get; init; }
    public string? Version { get; init; }

    /// <summary>In a compartment search, the type looked for; <c>*</c> for all.</summary>
    public string? Within { get; init; }

    /// <summary>Decoded parameters of the query and of a form body, in order, without those that only shape the answer.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; private init; } = [];

    /// <summary>The parameters that only shape the answer; links to other pages repeat them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Shape { get; private init; } = [];

    /// <summary>UTF-8 JSON; XML was turned into it. Empty when nothing was sent.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The body is of one of the media types that the operation itself <see cref="Operations.Operation.Takes"/>.</summary>
    public bool IsForeignBody { get; init; }

    /// <summary>The body is a JSON Patch document (RFC 6902), not a resource.</summary>
    public bool IsJsonPatch { get; init; }

    /// <summary>The Accept header, for the few routes that choose their format themselves.</summary>
    public string? Accept { get; init; }

    /// <summary>What a lenient reader mended in the body; the answer tells it.</summary>
    public List<Issue> Mended { get; } = [];

    public string? IfMatch { get; init; }
    public string? IfNoneMatch { get; init; }
    public string? IfNoneExist { get; init; }
    public DateTimeOffset? IfModifiedSince { get; init; }
    public Preferences Prefer { get; init; } = Preferences.None;
    public Subset Subset { get; init; } = Subset.Whole;

    /// <summary>
    /// Takes what only shapes the answer (<c>_format _pretty _summary _elements</c>) apart from what is asked.
    /// </summary>
    public FhirRequest With(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        // An operation may have a parameter of such a name that means more, as _elements of $export does.
        var own = Route.Operation?.In.Select(parameter => parameter.Name) ?? [];
        var shaping = Shaping.Except(own).ToHashSet();
        var shape = parameters.Where(parameter => shaping.Contains(parameter.Key)).ToList();
        return this with
        {
            Parameters = [.. parameters.Where(parameter => !shaping.Contains(parameter.Key))],
            Shape = shape,
            Subset = Subset.Parse(
                shape.FirstOrDefault(parameter => parameter.Key == "_summary").Value,
                shape
                    .Where(parameter => parameter.Key == "_elements")
                    .Select(parameter => parameter.Value)
            ),
        };
    }

    /// <summary>The address below the base, such as <c>Patient/1/_history</c>.</summary>
    public string Path =>
        Route
            .Pattern.Replace("{type}", Type, StringComparison.Ordinal)
            .Replace("{id}", Id, StringComparison.Ordinal)
            .Replace("{version}", Version, StringComparison.Ordinal)
            .Replace("{within}", Within, StringComparison.Ordinal);

    /// <summary>
    /// Whether the token's scopes let the answer hold resources of another type than that of the address (read or found), as far as the
    /// caller reaches here.
    /// </summary>
    public bool May(string type) => SmartScopes.Allow(SignedIn, Caller, type);

    public void DemandNoParameters() => DemandOnly([]);

    /// <summary>Under <c>Prefer: handling=lenient</c> what is not known is passed over.</summary>
    /// <exception cref="FhirRefusal">400: a parameter that means nothing here.</exception>
    public void DemandOnly(string[] allowed)
    {
        var unknown = Parameters
            .Select(parameter => parameter.Key)
            .Where(name => !allowed.Contains(name))
            .Distinct()
            .ToList();
        if (unknown.Count > 0 && !Prefer.Lenient)
        {
            throw new FhirRefusal(
                400,
                [
                    .. unknown.Select(name =>
                        Issue.Error(
                            "not-supported",
                            $"The parameter '{name}' means nothing here; allowed: {string.Join(", ", allowed.Concat(Shaping))}.",
                            name
                        )
                    ),
                ]
            );
        }
    }

    public string? First(string name)
    {
        foreach (var parameter in Parameters)
        {
            if (parameter.Key == name)
            {
                return parameter.Value;
            }
        }
        return null;
    }

    /// <summary>
    /// The number in <c>W/"3"</c>; null when the header is absent or <c>*</c>. Plain numbers and strong tags are taken too.
    /// </summary>
    /// <exception cref="FhirRefusal">400: not an ETag of this server.</exception>
    public static int? VersionOf(string? etag, string header)
    {
        if (etag is null or "" or "*")
        {
            return null;
        }
        var text = etag.Trim();
        text = (text.StartsWith("W/", StringComparison.Ordinal) ? text[2..] : text).Trim('"');
        return int.TryParse(text, System.Globalization.NumberStyles.None, null, out var version)
            ? version
            : throw new FhirRefusal(
                400,
                "value",
                $"{header}: '{etag}' is not a version of this server, such as W/\"3\".",
                "http." + header
            );
    }
}
