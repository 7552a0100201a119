using Health.Emr.Encounters;
using Health.Emr.Patients;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using SharedKernel.Contracts;
using Composition = Hl7.Fhir.Model.Composition;

namespace Health.Emr.Prescriptions;

/// <summary>All that a prescription of one class says, before it is a document.</summary>
public sealed record PrescriptionContent(
    string Code,
    ControlClass Class,
    DateTimeOffset At,
    Encounter Encounter,
    Patient Patient,
    Practitioner Practitioner,
    Organization Facility,
    IReadOnlyList<Condition> Diagnoses,
    IReadOnlyList<ReviewedLine> Lines,
    PrescriptionDraft Draft
);

/// <summary>
/// A prescription as a FHIR document (https://hl7.org/fhir/R4/documents.html): a Composition and everything it names, so that what
/// was signed can be read by itself, whatever becomes of the resources later.
/// </summary>
public static class PrescriptionDocument
{
    internal const string DiagnosisSection = "29308-4";
    internal const string MedicationSection = "57828-6";
    internal const string AdviceSection = "69730-0";
    internal const string FollowUpSection = "18776-5";

    /// <summary>Base of the entries' full URLs; relative references inside the document resolve against it.</summary>
    private const string Base = "http://localhost/fhir/";

    private static readonly FhirJsonSerializer Serializer = new();
    private static readonly FhirJsonDeserializer Parser = new();

    public static IReadOnlyList<MedicationRequest> Orders(
        PrescriptionContent content,
        IReadOnlyList<MedicationRequest> replaced
    ) => [.. content.Lines.Select(line => Order(content, line, replaced))];

    public static Bundle Of(PrescriptionContent content, IReadOnlyList<MedicationRequest> orders)
    {
        var weight = content.Draft.WeightKg is { } kilograms
            ? new Observation
            {
                Id = Guid.CreateVersion7().ToString(),
                Status = ObservationStatus.Final,
                Code = new CodeableConcept(
                    VnCore.Loinc,
                    VitalSigns.Weight.Loinc,
                    VitalSigns.Weight.English,
                    null
                ),
                Subject = VnCore.Reference(content.Patient),
                Effective = new FhirDateTime(content.At),
                Value = new Quantity(kilograms, "kg", VnCore.Ucum),
            }
            : null;
        var accompanying = string.IsNullOrWhiteSpace(content.Draft.Accompanying)
            ? null
            : new RelatedPerson
            {
                Id = Guid.CreateVersion7().ToString(),
                Patient = VnCore.Reference(content.Patient),
                Name = [new HumanName { Text = content.Draft.Accompanying.Trim() }],
            };
        var composition = new Composition
        {
            Id = Guid.CreateVersion7().ToString(),
            Identifier = new Identifier(VnCore.PrescriptionCode, content.Code),
            Status = CompositionStatus.Final,
            Type = VnCore.PrescriptionDocument,
            Subject = VnCore.Reference(content.Patient),
            Encounter = VnCore.Reference(content.Encounter),
            DateElement = new FhirDateTime(content.At),
            Author = [VnCore.Reference(content.Practitioner)],
            Custodian = VnCore.Reference(content.Facility),
            Title = content.Class.FormTitle(),
            Section =
            [
                Section(
                    DiagnosisSection,
                    "Chẩn đoán",
                    entries: content.Diagnoses.Select(diagnosis => VnCore.Reference(diagnosis))
                ),
                Section(
                    MedicationSection,
                    "Thuốc điều trị",
                    entries: orders.Select(order => VnCore.Reference(order))
                ),
            ],
        };
        if (!string.IsNullOrWhiteSpace(content.Draft.Advice))
        {
            composition.Section.Add(Section(AdviceSection, "Lời dặn", content.Draft.Advice));
        }
        if (content.Draft.FollowUpDays is { } days)
        {
            composition.Section.Add(
                Section(
                    FollowUpSection,
                    "Tái khám",
                    $"Khám lại sau {days} ngày ({content.At.VietnamDay().AddDays(days):dd/MM/yyyy}); mang theo đơn này."
                )
            );
        }
        if (content.Draft.Replaces is { } old)
        {
            composition.RelatesTo.Add(
                new Composition.RelatesToComponent
                {
                    Code = DocumentRelationshipType.Replaces,
                    Target = new Identifier(VnCore.PrescriptionCode, old),
                }
            );
        }
        IEnumerable<Resource?> parts =
        [
            composition,
            content.Patient,
            content.Encounter,
            content.Practitioner,
            content.Facility,
            .. content.Diagnoses,
            .. orders,
            weight,
            accompanying,
        ];
        return new Bundle
        {
            Type = Bundle.BundleType.Document,
            Identifier = new Identifier(VnCore.PrescriptionCode, content.Code),
            Timestamp = content.At,
            Entry =
            [
                .. parts
                    .OfType<Resource>()
                    .Select(part => new Bundle.EntryComponent
                    {
                        FullUrl = $"{Base}{part.TypeName}/{part.Id}",
                        Resource = part,
                    }),
            ],
        };
    }

    public static byte[] Serialize(Bundle document) =>
        System.Text.Encoding.UTF8.GetBytes(Serializer.SerializeToString(document));

    public static Bundle Deserialize(byte[] content) =>
        (Bundle)Parser.DeserializeResource(System.Text.Encoding.UTF8.GetString(content));

    internal static string? SectionText(Composition composition, string loinc) =>
        composition
            .Section.Find(section =>
                section.Code?.Coding.Exists(code => code.Code == loinc) == true
            )
            ?.Text?.Div
            is { } div
            ? string.Join(
                '\n',
                System.Xml.Linq.XElement.Parse(div).Elements().Select(line => line.Value)
            )
            : null;

    private static Composition.SectionComponent Section(
        string loinc,
        string title,
        string? text = null,
        IEnumerable<ResourceReference>? entries = null
    ) =>
        new()
        {
            Title = title,
            Code = new CodeableConcept(VnCore.Loinc, loinc),
            Text = text is null ? null : SaveNote.Narrative(text),
            Entry = [.. entries ?? []],
        };

    private static MedicationRequest Order(
        PrescriptionContent content,
        ReviewedLine reviewed,
        IReadOnlyList<MedicationRequest> replaced
    )
    {
        var (drug, line) = (reviewed.Drug, reviewed.Line);
        var order = new MedicationRequest
        {
            Id = Guid.CreateVersion7().ToString(),
            Status = MedicationRequest.MedicationrequestStatus.Active,
            Intent = MedicationRequest.MedicationRequestIntent.Order,
            Category =
            [
                new CodeableConcept(
                    "http://terminology.hl7.org/CodeSystem/medicationrequest-category",
                    "outpatient"
                ),
            ],
            GroupIdentifier = new Identifier(VnCore.PrescriptionCode, content.Code),
            Medication = new CodeableConcept
            {
                Coding =
                [
                    new Coding(VnCore.Atc, drug.Atc, drug.Ingredients),
                    new Coding(VnCore.DrugCodes, drug.Code),
                ],
                Text = drug.NameWithStrength,
            },
            Subject = VnCore.Reference(content.Patient),
            Encounter = VnCore.Reference(content.Encounter),
            AuthoredOnElement = new FhirDateTime(content.At),
            Requester = VnCore.Reference(
                content.Practitioner,
                content.Practitioner.Name.FirstOrDefault()?.Text
            ),
            ReasonReference = [.. content.Diagnoses.Select(one => VnCore.Reference(one))],
            CourseOfTherapyType = new CodeableConcept(
                "http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy",
                content.Draft.Course is Course.Acute ? "acute" : "continuous"
            ),
            DosageInstruction = [Directions(drug, line)],
            DispenseRequest = new MedicationRequest.DispenseRequestComponent
            {
                Quantity = new Quantity { Value = reviewed.Quantity, Unit = drug.Unit },
                ExpectedSupplyDuration = Days(line.Days),
                ValidityPeriod = new Period
                {
                    StartElement = new FhirDateTime(content.At.VietnamDay().ToString("yyyy-MM-dd")),
                    EndElement = new FhirDateTime(
                        PrescriptionValidity
                            .LastDayToBuy(content.At.VietnamDay())
                            .ToString("yyyy-MM-dd")
                    ),
                },
            },
        };
        if (reviewed.Batches.Count > 1)
        {
            var first = content.At.VietnamDay();
            order.Note =
            [
                .. reviewed.Batches.Select(
                    (batch, i) =>
                        new Annotation
                        {
                            Text =
                                $"Đợt {i + 1}: từ {first.AddDays(batch.From - 1):dd/MM/yyyy} đến {first.AddDays(batch.To - 1):dd/MM/yyyy}, "
                                + QuantityText.Of(
                                    drug.QuantityFor(
                                        line.Dose,
                                        line.Times,
                                        batch.To - batch.From + 1
                                    ),
                                    drug.Unit,
                                    drug.Class
                                ),
                        }
                ),
            ];
        }
        if (replaced.Count > 0)
        {
            var before =
                replaced.FirstOrDefault(old => DrugCodeOf(old) == drug.Code) ?? replaced[0];
            order.PriorPrescription = VnCore.Reference(before);
        }
        return order;
    }

    /// <summary>The catalogue's code of an order's drug.</summary>
    public static string? DrugCodeOf(MedicationRequest order) =>
        (order.Medication as CodeableConcept)
            ?.Coding.Find(coding => coding.System == VnCore.DrugCodes)
            ?.Code;

    internal static Dosage Directions(Drug drug, PrescriptionDraft.Line line)
    {
        var timing = string.IsNullOrWhiteSpace(line.Timing) ? "" : $", {line.Timing.Trim()}";
        return new Dosage
        {
            Text =
                $"{drug.Route}: mỗi lần {QuantityText.Dose(line.Dose, drug.DoseUnit)}, ngày {line.Times} lần{timing}, trong {line.Days} ngày",
            PatientInstruction = timing.Length > 0 ? timing[2..] : null,
            Timing = new Timing
            {
                Repeat = new Timing.RepeatComponent
                {
                    Frequency = line.Times,
                    Period = 1,
                    PeriodUnit = Timing.UnitsOfTime.D,
                    Bounds = Days(line.Days),
                },
            },
            Route = new CodeableConcept { Text = drug.Route },
            DoseAndRate =
            [
                new Dosage.DoseAndRateComponent
                {
                    Dose = new Quantity { Value = line.Dose, Unit = drug.DoseUnit },
                },
            ],
        };
    }

    private static Duration Days(int days) =>
        new()
        {
            Value = days,
            Unit = "ngày",
            System = VnCore.Ucum,
            Code = "d",
        };
}
