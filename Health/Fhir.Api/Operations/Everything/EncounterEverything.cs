using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations.Everything;

/// <summary>
/// All that belongs to one encounter: its compartment, and what it refers to, the patient among it.
/// https://hl7.org/fhir/R4/encounter-operation-everything.html
/// </summary>
public sealed class EncounterEverything(
    GuardedStore store,
    SearchParser parser,
    ResourceReader reader,
    StoreOptions options
) : IOperation<EncounterEverything>
{
    public static Operation Definition { get; } =
        new("everything", Levels.Instance, Permission.ReadHealthRecords, 'r')
        {
            Description = "All that belongs to one encounter, page by page.",
            Standard = "http://hl7.org/fhir/OperationDefinition/Encounter-everything",
            Types = ["Encounter"],
            In = CompartmentRecord.Parameters,
            Out = [CompartmentRecord.Out],
        };

    public Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    ) =>
        new CompartmentRecord(store, parser, reader, options).Answer(
            request,
            arguments,
            null,
            cancel
        );
}
