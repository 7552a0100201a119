using System.Text.Json.Nodes;

namespace Education.OneRoster.Rest;

/// <param name="Scopes">Any one of them is enough.</param>
/// <param name="Schema">Of the answer 200; null where there is none.</param>
public sealed record Operation(
    string Method,
    string Path,
    string Id,
    IReadOnlyList<string> Scopes,
    string? Schema
);

/// <summary>
/// One of the three official OpenAPI documents of OneRoster 1.2, without its prose. What it says is asked at run time: scopes of an
/// operation, properties of a thing; so there is no second list that could differ.
/// </summary>
public sealed class OpenApiDocument
{
    public static readonly OpenApiDocument Rostering = new("rostering");
    public static readonly OpenApiDocument Gradebook = new("gradebook");
    public static readonly OpenApiDocument Resources = new("resources");

    /// <summary>All scopes that an operation of any service takes.</summary>
    public static IReadOnlyList<string> AllScopes { get; } =
    [
        .. new[] { Rostering, Gradebook, Resources }
            .SelectMany(document => document.Operations)
            .SelectMany(operation => operation.Scopes)
            .Distinct(),
    ];

    private readonly JsonObject json;
    private readonly Dictionary<(string, string), Operation> operations = [];

    private OpenApiDocument(string service)
    {
        Service = service;
        using var file = typeof(OpenApiDocument).Assembly.GetManifestResourceStream(
            $"Education.OneRoster.Rest.OpenApi.{service}.json"
        )!;
        json = (JsonObject)JsonNode.Parse(file)!;
        foreach (var (path, methods) in json["paths"]!.AsObject())
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                var answer = operation!["responses"]!["200"]
                    ?["content"]
                    ?["application/json"]
                    ?["schema"]
                    ?["$ref"];
                var found = new Operation(
                    method.ToUpperInvariant(),
                    path,
                    operation["operationId"]!.GetValue<string>(),
                    [
                        .. operation["security"]!
                            .AsArray()
                            .SelectMany(way => way!.AsObject())
                            .SelectMany(way => way.Value!.AsArray())
                            .Select(scope => scope!.GetValue<string>()),
                    ],
                    answer?.GetValue<string>().Split('/')[^1]
                );
                operations[(found.Method, found.Path)] = found;
            }
        }
    }

    public string Service { get; }

    /// <summary>Where its paths begin.</summary>
    public string Base => $"/ims/oneroster/{Service}/v1p2";

    public IEnumerable<Operation> Operations => operations.Values;

    public Operation Of(string method, string path) => operations[(method, path)];

    /// <summary>Names of all that a thing may carry, such as those of <c>UserDType</c>.</summary>
    public IReadOnlyCollection<string> PropertiesOf(string schema) =>
        [
            .. json["components"]!["schemas"]![schema]!["properties"]!
                .AsObject()
                .Select(property => property.Key),
        ];

    /// <summary>The document with the addresses of this installation, as discovery gives it.</summary>
    public JsonObject At(string address)
    {
        var here = (JsonObject)json.DeepClone();
        here["servers"] = new JsonArray(new JsonObject { ["url"] = address + Base });
        foreach (var (_, scheme) in here["components"]!["securitySchemes"]!.AsObject())
        {
            if (scheme!["flows"]?["clientCredentials"] is { } flow)
            {
                flow["tokenUrl"] = address + "/connect/token";
            }
        }
        return here;
    }
}
