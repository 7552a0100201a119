using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations;

/// <summary>
/// Indexes anew what a stored SearchParameter, or every one, is for. None needs it to begin with: a re-index starts by itself when
/// the resource is stored. https://hl7.org/fhir/R4/searchparameter.html
/// </summary>
public sealed class ReindexSearchParameter(FhirStore store) : IOperation<ReindexSearchParameter>
{
    public static Operation Definition { get; } =
        new("reindex", Levels.Type | Levels.Instance, Permission.WriteHealthRecords, 'u')
        {
            Description =
                "Makes the index of stored search parameters anew, in the background; $status tells how far it is.",
            Types = ["SearchParameter"],
            AffectsState = true,
            Out = SearchParameterStatus.Definition.Out,
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        // An id that is not there is named before anything begins.
        await SearchParameterStatus.Of(store, request, cancel);
        await store.RestartReindex(request.Id, cancel);
        return FhirAnswer.Of(await SearchParameterStatus.Of(store, request, cancel));
    }
}
