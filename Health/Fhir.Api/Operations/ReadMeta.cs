using Health.Fhir.Api.Interactions;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations;

/// <summary>
/// Tells the profiles, tags and security labels of a resource.
/// https://hl7.org/fhir/R4/resource-operation-meta.html
/// </summary>
public sealed class ReadMeta(GuardedStore store) : IOperation<ReadMeta>
{
    public static Operation Definition { get; } =
        new("meta", Levels.Instance, Permission.ReadHealthRecords, 'r')
        {
            Description = "The profiles, tags and security labels of a resource.",
            Standard = "http://hl7.org/fhir/OperationDefinition/Resource-meta",
            Out = [MetaLabels.Out],
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    ) => MetaLabels.Answer(await store.Demand(request.Type!, request.Id!, cancel));
}
