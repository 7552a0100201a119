using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations;

/// <summary>
/// Adds profiles, tags and security labels to a resource; those that it has already change nothing. What changes is a new version.
/// https://hl7.org/fhir/R4/resource-operation-meta-add.html
/// </summary>
public sealed class AddMeta(GuardedStore store, ResourceReader reader) : IOperation<AddMeta>
{
    public static Operation Definition { get; } =
        new("meta-add", Levels.Instance, Permission.WriteHealthRecords, 'u')
        {
            Description = "Adds profiles, tags and security labels to a resource.",
            Standard = "http://hl7.org/fhir/OperationDefinition/Resource-meta-add",
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
                if (!labels.Any(had => MetaLabels.IsSame(had, label)))
                {
                    labels.Add(label.DeepClone());
                }
            },
            arguments,
            cancel
        );
}
