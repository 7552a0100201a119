using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Prescriptions;

/// <summary>The patient's last signed prescriptions, to be written once more.</summary>
public sealed class ListEarlierPrescriptions(FhirSession fhir, PatientIds ids) : IFeature
{
    private const int Shown = 5;

    public sealed record Row(string Code, DateTimeOffset At, string Drugs);

    public async Task<IReadOnlyList<Row>> Run(string patientId, CancellationToken cancel = default)
    {
        var documents = await fhir.Search<DocumentReference>(
            $"patient={await ids.Run(patientId, cancel)}&type={VnCore.Loinc}|57833-6&status=current&_sort=-date&_count={Shown + 1}",
            cancel
        );
        return
        [
            .. documents
                .Where(document => document.State() is not PrescriptionState.Draft)
                .Take(Shown)
                .Select(document => new Row(
                    document.Id!,
                    (document.Date ?? default).InVietnam(),
                    document.Description ?? ""
                )),
        ];
    }
}
