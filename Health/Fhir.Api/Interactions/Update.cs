using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Interactions;

/// <summary>
/// Replaces a resource, or creates it under the id that the client chose; with a search in place of the id, the one that matches.
/// https://hl7.org/fhir/R4/http.html#update, https://hl7.org/fhir/R4/http.html#cond-update
/// </summary>
public sealed class Update(GuardedStore store, ResourceReader reader) : IInteraction<Update>
{
    public static IReadOnlyList<FhirRoute> Routes { get; } =
    [
        new("update", "PUT", "{type}/{id}", Permission.WriteHealthRecords, 'u'),
        new("update", "PUT", "{type}", Permission.WriteHealthRecords, 'u'),
    ];

    public async Task<FhirAnswer> Run(FhirRequest request, CancellationToken cancel) =>
        Writes.Answer(request, await store.Commit(WriteOf(request, reader), cancel));

    public static Write WriteOf(FhirRequest request, ResourceReader reader)
    {
        var write = new Write(WriteVerb.Update, request.Type!)
        {
            IfMatch = FhirRequest.VersionOf(request.IfMatch, "If-Match"),
            IfAbsent = IfAbsent(request),
            Condition = request.Id is null ? Writes.Condition(request) : null,
        };
        if (request.Id is { } named)
        {
            request.DemandNoParameters();
            Writes.DemandId(named);
        }
        var resource = Writes.Demand(request.Body, request.Type!, reader, request.Mended);
        if (request.Id is { } id && resource.Id != id)
        {
            var wrong = resource.Id is { } other
                ? $"The id of the body is '{other}', that of the address '{id}'."
                : $"The body has no id; it must be '{id}', as in the address.";
            resource.Dispose();
            throw new FhirRefusal(400, "invalid", wrong, $"{request.Type}.id");
        }
        return write with { Id = resource.Id, Resource = resource };
    }

    /// <summary>If-None-Match: * (RFC 9110 §13.1.2) makes an update a create under the client's id, or nothing.</summary>
    private static bool IfAbsent(FhirRequest request) =>
        request.IfNoneMatch?.Trim() switch
        {
            null or "" => false,
            "*" => true,
            var tag => throw new FhirRefusal(
                400,
                "value",
                $"If-None-Match: '{tag}' is not for a write; * is: it writes only what is not there yet.",
                "http.If-None-Match"
            ),
        };
}
