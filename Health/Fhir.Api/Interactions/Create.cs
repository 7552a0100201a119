using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Interactions;

/// <summary>
/// Stores a new resource under an id of the server's making; with <c>If-None-Exist</c> only when nothing matches.
/// https://hl7.org/fhir/R4/http.html#create, https://hl7.org/fhir/R4/http.html#ccreate
/// </summary>
public sealed class Create(GuardedStore store, ResourceReader reader) : IInteraction<Create>
{
    public static IReadOnlyList<FhirRoute> Routes { get; } =
    [new("create", "POST", "{type}", Permission.WriteHealthRecords, 'c')];

    public async Task<FhirAnswer> Run(FhirRequest request, CancellationToken cancel)
    {
        request.DemandNoParameters();
        return Writes.Answer(request, await store.Commit(WriteOf(request, reader), cancel));
    }

    /// <summary>The change that this request asks for; a transaction gathers those of its entries.</summary>
    public static Write WriteOf(FhirRequest request, ResourceReader reader) =>
        new(WriteVerb.Create, request.Type!)
        {
            Condition = Writes.Condition(request.IfNoneExist, request.Type!, "http.If-None-Exist"),
            Resource = Writes.Demand(request.Body, request.Type!, reader, request.Mended),
        };
}
