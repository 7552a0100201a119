using Health.Emr.Encounters;
using Health.Emr.Patients;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Ui;
using Composition = Hl7.Fhir.Model.Composition;

namespace Health.Emr.Prescriptions;

/// <summary>What stands on the paper and on the page, read out of the document that was signed and nothing else.</summary>
public sealed record PrescriptionView(
    string Code,
    ControlClass Class,
    string Facility,
    string? FacilityAddress,
    string PatientId,
    string PatientName,
    PartialDate? Birth,
    int? AgeMonths,
    Sex Sex,
    string? PersonalId,
    string? Insurance,
    string? Address,
    string? Phone,
    decimal? WeightKg,
    string? Accompanying,
    IReadOnlyList<PrescriptionView.Diagnosis> Diagnoses,
    IReadOnlyList<PrescriptionView.Line> Lines,
    string? Advice,
    string? FollowUp,
    string Doctor,
    DateTimeOffset At,
    string? Replaces
)
{
    public sealed record Diagnosis(string? Code, string Text);

    /// <param name="Quantity">As written: <c>05 viên</c>, of narcotics also in words.</param>
    /// <param name="Batches">Of split narcotics; empty otherwise.</param>
    public sealed record Line(
        string Name,
        string Quantity,
        string Directions,
        IReadOnlyList<string> Batches
    );

    /// <summary>Months under 72, as the law wants; years from then on.</summary>
    public string Age =>
        AgeMonths is { } months and < PrescriptionRules.YoungChildMonths ? $"{months} tháng tuổi"
        : Birth is { } birth ? $"{birth.YearsOn(At.VietnamDay())} tuổi"
        : "";

    public static PrescriptionView Of(Bundle document)
    {
        var composition = One<Composition>();
        var patient = One<Patient>();
        var facility = One<Organization>();
        var at = ReadPatientSummary.When(composition.DateElement).InVietnam();
        var code = composition.Identifier!.Value!;
        var kind = PrescriptionCode.ClassOf(code);
        return new PrescriptionView(
            code,
            kind,
            facility.Name!,
            facility.Address.FirstOrDefault()?.Text,
            patient.Id!,
            patient.FullName(),
            patient.Birth(),
            patient.Birth()?.MonthsOn(at.VietnamDay()),
            patient.Sex(),
            patient.PersonalId(),
            patient.Insurance(),
            patient.AddressText(),
            patient.Phone(),
            (All<Observation>().FirstOrDefault()?.Value as Quantity)?.Value,
            All<RelatedPerson>().FirstOrDefault()?.Name.FirstOrDefault()?.Text,
            [.. All<Condition>().Select(one => new Diagnosis(one.IcdCode(), one.Text()))],
            [
                .. All<MedicationRequest>()
                    .Select(order => new Line(
                        (order.Medication as CodeableConcept)?.Text ?? "",
                        QuantityText.Of(
                            (int)order.DispenseRequest!.Quantity!.Value!.Value,
                            order.DispenseRequest.Quantity.Unit!,
                            kind
                        ),
                        order.DosageInstruction.FirstOrDefault()?.Text ?? "",
                        [.. order.Note.Select(note => note.Text!)]
                    )),
            ],
            PrescriptionDocument.SectionText(composition, PrescriptionDocument.AdviceSection),
            PrescriptionDocument.SectionText(composition, PrescriptionDocument.FollowUpSection),
            One<Practitioner>().Name.FirstOrDefault()?.Text ?? "",
            at,
            (composition.RelatesTo.FirstOrDefault()?.Target as Identifier)?.Value
        );

        IEnumerable<T> All<T>() => document.Entry.Select(entry => entry.Resource).OfType<T>();

        T One<T>() => All<T>().First();
    }
}
