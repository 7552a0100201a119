using Health.Fhir.Api.Formats;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Interactions;

/// <summary>
/// Replaces a resource, or creates it under the id that the client chose; with a search in place of the id, the one that matches.
/// https://hl7.org/fhir/R4/http.html#update, https://hl7.org/fhir/R4/http.html#cond-update
/// </summary>
public sealed class Update(GuardedStore store) : IInteraction<Update>
{
    public static IReadOnlyList<FhirRoute> Routes { get; } =
    [
        new("update", "PUT", "{type}/{id}", Permission.WriteHealthRecords, 'u'),
        new("update", "PUT", "{type}", Permission.WriteHealthRecords, 'u'),
    ];

    public async Task<FhirAnswer> Run(FhirRequest request, CancellationToken cancel)
    {
        var result = await store.Transact(new Transaction([WriteOf(request)]), cancel);
        return Writes.Answer(request, result.Results[0]);
    }

    public static Write WriteOf(FhirRequest request)
    {
        var head = ResourceHead.Demand(request.Body, request.Type);
        var write = new Write(WriteVerb.Update, head.Type)
        {
            Body = request.Body,
            IfMatch = FhirRequest.VersionOf(request.IfMatch, "If-Match"),
        };
        if (request.Id is null)
        {
            return write with { Id = head.Id, Condition = Writes.Condition(request) };
        }
        request.DemandNoParameters();
        Writes.DemandId(request.Id);
        if (head.Id != request.Id)
        {
            throw new FhirRefusal(
                400,
                "invalid",
                head.Id is null
                    ? $"The body has no id; it must be '{request.Id}', as in the address."
                    : $"The id of the body is '{head.Id}', that of the address '{request.Id}'.",
                $"{head.Type}.id"
            );
        }
        return write with { Id = request.Id };
    }
}
