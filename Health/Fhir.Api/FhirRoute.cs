using Health.Fhir.Api.Operations;
using SharedKernel.Contracts;

namespace Health.Fhir.Api;

/// <summary>
/// One interaction at one address: what the HTTP routes, the entries of bundles, the permission check and the capability
/// statement are all made from.
/// </summary>
/// <param name="Code">From https://hl7.org/fhir/R4/valueset-system-restful-interaction.html and the type-level list, or <c>$name</c>.</param>
/// <param name="Method">HTTP method; HEAD goes with GET.</param>
/// <param name="Pattern">
/// Segments below the base: literals (a resource type among them), and <c>{type}</c>, <c>{id}</c>, <c>{version}</c>, <c>{within}</c> (the type searched in a compartment).
/// </param>
/// <param name="Permission">Null: whoever is signed in, or everyone when <see cref="IsOpen"/>.</param>
/// <param name="Scope">
/// Letter of SMART v2's <c>cruds</c> that a token with scopes must have; <c>-</c> when <see cref="FhirRequest.May"/> is asked for each type.
/// </param>
public sealed record FhirRoute(
    string Code,
    string Method,
    string Pattern,
    Permission? Permission,
    char Scope
)
{
    public const string Base = "/fhir";

    private readonly string[] segments = Split(Pattern);

    /// <summary>Under no resource type of R4; <c>ViewDefinition</c> is none.</summary>
    public bool IsSystemLevel =>
        segments.Length == 0
        || segments[0] is ['_' or '$', ..] or "metadata"
        || (segments[0] is [>= 'A' and <= 'Z', ..] && Type is null);

    public bool IsOpen { get; init; }

    /// <summary>Its answers are not FHIR resources (rows, files): what the client accepts is the interaction's to judge.</summary>
    public bool HasOwnFormats { get; init; }

    /// <summary>
    /// Under <c>Prefer: respond-async</c> the edge gives it to <see cref="IDeferredRequests"/>. False for what starts a job itself,
    /// or only tells of one.
    /// </summary>
    public bool MayBeDeferred { get; init; } = true;

    public bool IsInstanceLevel => segments.Contains("{id}");

    /// <summary>Null for an interaction.</summary>
    public Operation? Operation { get; init; }

    public bool IsOperation => Operation is not null;

    /// <summary>A POST of an operation may read too.</summary>
    public bool IsRead => Method == "GET" || Operation is { AffectsState: false };

    /// <summary>The resource type when the pattern names one, null when it is a placeholder or there is none.</summary>
    public string? Type =>
        segments is [[>= 'A' and <= 'Z', ..] literal, ..] && ResourceTypes.IsKnown(literal)
            ? literal
            : null;

    public int Placeholders => segments.Count(segment => segment[0] == '{');

    /// <summary>Null when the path is not of this pattern.</summary>
    public Dictionary<string, string>? Match(string[] path)
    {
        if (path.Length != segments.Length)
        {
            return null;
        }
        var values = new Dictionary<string, string>(3);
        for (var i = 0; i < path.Length; i++)
        {
            if (segments[i] is ['{', .. var name, '}'])
            {
                if (path[i].Length == 0 || IsReserved(path[i]))
                {
                    return null;
                }
                values[name] = path[i];
            }
            else if (segments[i] != path[i])
            {
                return null;
            }
        }
        if (Type is { } type)
        {
            values["type"] = type;
        }
        return values;
    }

    /// <summary>Never a type or an id.</summary>
    public static bool IsReserved(string segment) => segment is ['_' or '$', ..] or "metadata";

    public static string[] Split(string path) => path.Length == 0 ? [] : path.Trim('/').Split('/');
}
