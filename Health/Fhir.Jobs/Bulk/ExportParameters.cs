using System.Globalization;
using System.Text.Json;
using Health.Fhir.Api;
using Health.Fhir.Api.Formats;

namespace Health.Fhir.Jobs.Bulk;

/// <summary>
/// The parameters of <c>$export</c>, from the query of a GET or the Parameters resource of a POST.
/// https://hl7.org/fhir/uv/bulkdata/STU2/OperationDefinition-export.html
/// </summary>
public sealed record ExportParameters
{
    private static readonly string[] Known =
    [
        "_outputFormat",
        "_since",
        "_type",
        "_typeFilter",
        "_elements",
        "patient",
        "includeAssociatedData",
    ];

    public string? OutputFormat { get; private set; }
    public DateTimeOffset? Since { get; private set; }

    /// <summary>Null: all.</summary>
    public List<string>? Types { get; private set; }
    public List<string> TypeFilters { get; } = [];
    public string? Elements { get; private set; }
    public List<string>? Patients { get; private set; }

    /// <summary>As it goes into the manifest's <c>request</c>; with the question mark, or empty.</summary>
    public string Query { get; private init; } = "";

    /// <exception cref="FhirRefusal">400: a parameter that is unknown (unless handling is lenient) or wrong.</exception>
    public static ExportParameters Read(FhirRequest request)
    {
        List<KeyValuePair<string, string>> given =
        [
            .. request.Parameters,
            .. request.Shape.Where(parameter => parameter.Key == "_elements"),
            .. request.Route.Method == "POST" && request.Body.Length > 0
                ? OfBody(request.Body)
                : [],
        ];
        var read = new ExportParameters
        {
            Query =
                request.Parameters.Count == 0
                    ? ""
                    : "?"
                        + string.Join(
                            '&',
                            request.Parameters.Select(parameter =>
                                $"{parameter.Key}={Uri.EscapeDataString(parameter.Value)}"
                            )
                        ),
        };
        foreach (var (name, value) in given)
        {
            if (!Known.Contains(name) && request.Prefer.Lenient)
            {
                continue;
            }
            read.Take(name, value, request);
        }
        return read;
    }

    private void Take(string name, string value, FhirRequest request)
    {
        switch (name)
        {
            case "_outputFormat":
                OutputFormat = value;
                break;
            case "_since":
                Since = DateTimeOffset.TryParse(
                    value.Replace(' ', '+'),
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal,
                    out var since
                )
                    ? since
                    : throw Wrong(
                        name,
                        $"'{value}' is not an instant such as 2026-01-01T00:00:00Z."
                    );
                break;
            case "_type":
                (Types ??= []).AddRange(
                    value.Split(
                        ',',
                        StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
                    )
                );
                break;
            case "_typeFilter":
                TypeFilters.Add(value);
                break;
            case "_elements":
                Elements = Elements is null ? value : $"{Elements},{value}";
                break;
            case "patient" when request.Route.Method == "POST":
                (Patients ??= []).Add(PatientOf(value, request.BaseUrl));
                break;
            case "includeAssociatedData"
                when value is "RelevantProvenanceResources" or "_RelevantProvenanceResources":
                // Provenance of a patient's resources lies in the patient's compartment.
                (Types ??= [.. ResourceTypes.All]).Add("Provenance");
                break;
            case "includeAssociatedData":
                throw Wrong(name, $"'{value}' is not made: only RelevantProvenanceResources.");
            case "patient":
                throw Wrong(name, "Send it in the Parameters of a POST.");
            default:
                throw Wrong(
                    name,
                    $"It means nothing here; allowed: {string.Join(", ", Known)}, or send Prefer: handling=lenient to have it passed over."
                );
        }
    }

    private static string PatientOf(string reference, string baseUrl)
    {
        var local = reference.StartsWith(baseUrl + "/", StringComparison.Ordinal)
            ? reference[(baseUrl.Length + 1)..]
            : reference;
        return local.Split('/') is ["Patient", { Length: > 0 } id]
            ? id
            : throw Wrong(
                "patient",
                $"'{reference}' is not a reference to a Patient of this server, such as Patient/1."
            );
    }

    private static List<KeyValuePair<string, string>> OfBody(ReadOnlyMemory<byte> body)
    {
        ResourceHead.Demand(body, "Parameters");
        using var json = JsonDocument.Parse(body);
        var given = new List<KeyValuePair<string, string>>();
        if (
            !json.RootElement.TryGetProperty("parameter", out var parameters)
            || parameters.ValueKind is not JsonValueKind.Array
        )
        {
            return given;
        }
        foreach (var parameter in parameters.EnumerateArray())
        {
            var name =
                parameter.ValueKind is JsonValueKind.Object
                && parameter.TryGetProperty("name", out var text)
                && text.ValueKind is JsonValueKind.String
                    ? text.GetString()!
                    : throw new FhirRefusal(400, "required", "Each parameter has a name.");
            var value = parameter
                .EnumerateObject()
                .FirstOrDefault(one => one.Name.StartsWith("value", StringComparison.Ordinal))
                .Value;
            given.Add(
                new(
                    name,
                    value.ValueKind switch
                    {
                        JsonValueKind.String => value.GetString()!,
                        JsonValueKind.Object
                            when value.TryGetProperty("reference", out var reference)
                                && reference.ValueKind is JsonValueKind.String =>
                            reference.GetString()!,
                        _ => throw Wrong(name, "It has no value that can be used here."),
                    }
                )
            );
        }
        return given;
    }

    private static FhirRefusal Wrong(string parameter, string what) =>
        new(400, "value", $"{parameter}: {what}", parameter);
}
