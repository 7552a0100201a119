using Health.Emr.Encounters;
using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using Composition = Hl7.Fhir.Model.Composition;

namespace Health.Emr.Hospital;

/// <summary>
/// A ward at the change of shift, and on paper for the day the network is down: each patient with allergies, diagnosis, the last line of the
/// treatment sheet, running drugs with their hours, and tests that wait. A few searches for the whole ward, not some for each bed.
/// </summary>
public sealed class ReadHandover(FhirSession fhir, KeepWards wards) : IFeature
{
    public sealed record Row(
        KeepWards.Bed Bed,
        string? Diagnosis,
        IReadOnlyList<string> Allergies,
        WriteProgress.Line? Last,
        IReadOnlyList<string> Drugs,
        IReadOnlyList<string> Waiting
    );

    public sealed record Result(Location Ward, IReadOnlyList<Row> Rows);

    /// <exception cref="NotFound">There is no such ward.</exception>
    public async Task<Result> Run(string wardId, CancellationToken cancel = default)
    {
        var board = await wards.Read(wardId, cancel);
        var beds = board.Beds.Where(bed => bed.Stay is not null).ToList();
        if (beds.Count == 0)
        {
            return new(board.Ward, []);
        }
        var stays = string.Join(',', beds.Select(bed => $"Encounter/{bed.Stay!.Id}"));
        var patients = string.Join(
            ',',
            beds.Select(bed => VnCore.IdOf(bed.Stay!.Subject)).OfType<string>().Distinct()
        );
        var allergies = (
            await fhir.Search<AllergyIntolerance>(
                $"patient={patients}&clinical-status=active&_count=300",
                cancel
            )
        ).ToLookup(one => VnCore.IdOf(one.Patient));
        var notes = (
            await fhir.Search<Composition>(
                $"encounter={stays}&type={VnCore.Loinc}|{WriteProgress.ProgressLoinc}&_sort=-date&_count=300",
                cancel
            )
        ).ToLookup(note => VnCore.IdOf(note.Encounter));
        var drugs = (
            await fhir.Search<MedicationRequest>(
                $"encounter={stays}&category={OrderDrug.Inpatient}&status=active&_count=800",
                cancel
            )
        ).ToLookup(order => VnCore.IdOf(order.Encounter));
        var tests = (
            await fhir.Search<ServiceRequest>($"encounter={stays}&status=active&_count=500", cancel)
        ).ToLookup(order => VnCore.IdOf(order.Encounter));
        return new(
            board.Ward,
            [
                .. beds.Select(bed => new Row(
                    bed,
                    string.Join(
                        "; ",
                        bed.Stay!.Diagnosis.OrderBy(one => one.Rank)
                            .Select(one => one.Condition?.Display)
                            .OfType<string>()
                    ),
                    [
                        .. allergies[VnCore.IdOf(bed.Stay.Subject)]
                            .Select(one =>
                                one.Code?.Text ?? one.Code?.Coding.FirstOrDefault()?.Display
                            )
                            .OfType<string>(),
                    ],
                    notes[bed.Stay.Id].FirstOrDefault() is { } note
                        ? WriteProgress.Read(note)
                        : null,
                    [
                        .. drugs[bed.Stay.Id]
                            .Select(order =>
                                $"{(order.Medication as CodeableConcept)?.Text} – {order.DosageInstruction.FirstOrDefault()?.Text}"
                            ),
                    ],
                    [.. tests[bed.Stay.Id].Select(order => order.Code?.Text).OfType<string>()]
                )),
            ]
        );
    }
}
