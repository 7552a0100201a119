using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Operations;

namespace Health.Fhir.Api;

/// <summary>
/// A resource that comes with the server and is not stored: read as others are, unless one was stored under the same id.
/// </summary>
/// <param name="Body">UTF-8 JSON, made when it is asked for.</param>
public sealed record PackagedResource(string Type, string Id, Func<ReadOnlyMemory<byte>> Body);

/// <summary>All of them: those that modules register as services, and the OperationDefinition of each operation.</summary>
public sealed class PackagedResources(FhirRoutes routes, IEnumerable<PackagedResource> registered)
{
    private readonly Dictionary<(string, string), PackagedResource> all = registered.ToDictionary(
        one => (one.Type, one.Id)
    );

    private readonly Dictionary<string, Operation> operations = routes
        .All.Select(routed => routed.Route.Operation)
        .OfType<Operation>()
        .Distinct()
        .ToDictionary(operation => operation.Id);

    /// <summary>UTF-8 JSON; null when there is none such.</summary>
    public byte[]? Find(string type, string id, string baseUrl) =>
        type == "OperationDefinition" && operations.TryGetValue(id, out var operation)
            ? FhirJson.Write(OperationDefinitions.Of(operation, baseUrl))
        : all.TryGetValue((type, id), out var one) ? one.Body().ToArray()
        : null;
}
