using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Interactions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations.GraphQl;

/// <summary>
/// Reads by a GraphQL query, over the whole system or from one resource on. Each type that it touches needs a scope of its own.
/// https://hl7.org/fhir/R4/graphql.html
/// </summary>
public sealed class GraphQlQuery(GuardedStore store, SearchParser parser, ICurrentCaller current)
    : IOperation<GraphQlQuery>
{
    private const string Json = "application/json";
    private const string Plain = "application/graphql";

    public static Operation Definition { get; } =
        new("graphql", Levels.System | Levels.Instance, Permission.ReadHealthRecords, '-')
        {
            Description = "Reads by a GraphQL query.",
            Standard = "http://hl7.org/fhir/OperationDefinition/Resource-graphql",
            HasOwnFormats = true,
            Takes = [Json, Plain],
            In =
            [
                new("query", "string"),
                new("operationName", "string"),
                new("variables", "string") { Documentation = "A JSON object." },
            ],
            Out = [new("return", "Binary", 1)],
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        var query = Query(request, arguments);
        var data = new QueryData(store, parser, current, request, cancel);
        JsonElement? root = null;
        if (request.Id is { } id)
        {
            root =
                await data.Read(request.Type!, id)
                ?? throw new FhirRefusal(404, "not-found", $"{request.Type}/{id} is not known.");
        }
        var answer = FhirJson.Write(await new QueryExecutor(query, data).Run(root));
        return new FhirAnswer(200)
        {
            Raw = new RawContent(
                Json + "; charset=utf-8",
                (target, stop) => target.WriteAsync(answer, stop).AsTask(),
                answer.Length
            ),
        };
    }

    private static QueryDocument Query(FhirRequest request, Arguments arguments)
    {
        var (text, name) = (arguments.Text("query"), arguments.Text("operationName"));
        var variables = arguments.Text("variables") is { } given ? Object(given) : [];
        if (request.IsForeignBody)
        {
            var body = Encoding.UTF8.GetString(request.Body.Span);
            if (body.AsSpan().TrimStart() is not ['{', ..] || !body.Contains("\"query\""))
            {
                text ??= body;
            }
            else
            {
                var envelope = Object(body);
                text ??= TextOf(envelope, "query");
                name ??= TextOf(envelope, "operationName");
                variables =
                    envelope.TryGetValue("variables", out var inside)
                    && inside.ValueKind is JsonValueKind.Object
                        ? Object(inside.GetRawText())
                        : variables;
            }
        }
        return text is { Length: > 0 }
            ? QueryDocument.Parse(text, name, variables)
            : throw new FhirRefusal(
                400,
                "required",
                $"$graphql needs a query: as a parameter, as {Plain}, or as {Json} with query, operationName and variables.",
                "query"
            );
    }

    private static string? TextOf(Dictionary<string, JsonElement> envelope, string name) =>
        envelope.TryGetValue(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;

    private static Dictionary<string, JsonElement> Object(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json) ?? [];
        }
        catch (JsonException malformed)
        {
            throw ResourceHead.Malformed(malformed);
        }
    }
}
