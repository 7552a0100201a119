using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations;

/// <summary>
/// Takes profiles, tags and security labels from a resource; those that it does not have change nothing. What changes is a new version.
/// https://hl7.org/fhir/R4/resource-operation-meta-delete.html
/// </summary>
public sealed class DeleteMeta(GuardedStore store, ResourceReader reader) : IOperation<DeleteMeta>
{
    public static Operation Definition { get; } =
        new("meta-delete", Levels.Instance, Permission.WriteHealthRecords, 'u')
        {
            Description = "Takes profiles, tags and security labels from a resource.",
            Standard = "http://hl7.org/fhir/OperationDefinition/Resource-meta-delete",
            AffectsState = true,
            In = [MetaLabels.In],
            Out = [MetaLabels.Out],
        };

    public Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    ) =>
        MetaLabels.Change(
            store,
            reader,
            request,
            (labels, label) =>
            {
                foreach (var had in labels.Where(had => MetaLabels.IsSame(had, label)).ToList())
                {
                    labels.Remove(had);
                }
            },
            arguments,
            cancel
        );
}
