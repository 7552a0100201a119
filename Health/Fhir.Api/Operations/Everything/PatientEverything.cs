using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Reading;
using Health.Fhir.Search.Values;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations.Everything;

/// <summary>
/// The whole record of one patient: the compartment, and what it refers to.
/// https://hl7.org/fhir/R4/patient-operation-everything.html
/// </summary>
public sealed class PatientEverything(
    GuardedStore store,
    SearchParser parser,
    ResourceReader reader,
    StoreOptions options
) : IOperation<PatientEverything>
{
    public static Operation Definition { get; } =
        new("everything", Levels.Instance, Permission.ReadHealthRecords, 'r')
        {
            Description = "The whole record of one patient, page by page.",
            Standard = "http://hl7.org/fhir/OperationDefinition/Patient-everything",
            Types = ["Patient"],
            In =
            [
                new("start", "date") { Documentation = "Care given from this date on." },
                new("end", "date") { Documentation = "Care given up to this date." },
                .. CompartmentRecord.Parameters,
            ],
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
            Period(arguments),
            cancel
        );

    private static DateRange? Period(Arguments arguments)
    {
        var (start, end) = (arguments.Text("start"), arguments.Text("end"));
        if (start is null && end is null)
        {
            return null;
        }
        var low = Range(start).Low;
        var high = Range(end).High;
        return low <= high
            ? new(low, high)
            : throw new FhirRefusal(400, "value", $"start={start} is after end={end}.", "start");
    }

    private static DateRange Range(string? date) =>
        date is not null && FhirDate.TryParse(date, out var known) ? known.Range : DateRange.Always;
}
