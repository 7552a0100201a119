using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Health.Emr.Encounters;
using Health.Emr.Patients;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using SharedKernel.Contracts;
using Composition = Hl7.Fhir.Model.Composition;

namespace Health.Emr.Papers;

/// <summary>
/// A paper as the FHIR document that is signed (https://hl7.org/fhir/R4/documents.html): a Composition whose sections are the fields of the form, with the
/// patient, the visit, the diagnoses, the doctor and the facility beside it. Page and PDF are made from these bytes alone.
/// </summary>
public static partial class PaperDocument
{
    private const string Base = "http://localhost/fhir/";
    private static readonly FhirJsonSerializer Serializer = new();
    private static readonly FhirJsonDeserializer Parser = new();

    /// <summary>Facility, day and five random characters, and the kind of paper: <c>40151-261128k3x9q-c</c>.</summary>
    public static string NewCode(PaperForm form, string facility, DateOnly day) =>
        $"{facility}-{day:yyMMdd}{RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyz", 5)}-{form.Letter}";

    public static bool IsCode(string code) => Code().IsMatch(code);

    /// <param name="fields">What was filled in, by the form's keys, in its order.</param>
    public static byte[] Write(
        PaperForm form,
        string code,
        DateTimeOffset at,
        Encounter encounter,
        Patient patient,
        Post post,
        IReadOnlyList<Condition> diagnoses,
        IReadOnlyDictionary<string, string> fields
    )
    {
        var composition = new Composition
        {
            Id = Guid.CreateVersion7().ToString(),
            Identifier = new Identifier(VnCore.PaperCode, code),
            Status = CompositionStatus.Final,
            Type = Type(form),
            Subject = VnCore.Reference(patient),
            Encounter = VnCore.Reference(encounter),
            DateElement = new FhirDateTime(at),
            Author = [VnCore.Reference(post.Person)],
            Custodian = VnCore.Reference(post.Facility),
            Title = form.Title,
            Section =
            [
                .. form
                    .Fields.Where(field => fields.ContainsKey(field.Key))
                    .Select(field => new Composition.SectionComponent
                    {
                        Title = field.Vietnamese,
                        Code = new CodeableConcept(VnCore.PaperFields, field.Key),
                        Text = SaveNote.Narrative(fields[field.Key]),
                    }),
            ],
        };
        IEnumerable<Resource> parts =
        [
            composition,
            patient,
            encounter,
            post.Person,
            post.Facility,
            .. diagnoses,
        ];
        var document = new Bundle
        {
            Type = Bundle.BundleType.Document,
            Identifier = new Identifier(VnCore.PaperCode, code),
            Timestamp = at,
            Entry =
            [
                .. parts.Select(part => new Bundle.EntryComponent
                {
                    FullUrl = $"{Base}{part.TypeName}/{part.Id}",
                    Resource = part,
                }),
            ],
        };
        return System.Text.Encoding.UTF8.GetBytes(Serializer.SerializeToString(document));
    }

    public static CodeableConcept Type(PaperForm form)
    {
        var type = new CodeableConcept(VnCore.PaperKinds, form.Kind, form.English, form.Title);
        if (form.Loinc is { } loinc)
        {
            type.Coding.Add(new Coding(VnCore.Loinc, loinc));
        }
        return type;
    }

    public static PaperView Read(byte[] signed)
    {
        var document = (Bundle)
            Parser.DeserializeResource(System.Text.Encoding.UTF8.GetString(signed));
        var composition = One<Composition>();
        var patient = One<Patient>();
        var facility = One<Organization>();
        return new(
            composition.Identifier!.Value!,
            composition.Title!,
            facility.Name ?? facility.Id!,
            facility.Address.FirstOrDefault()?.Text,
            patient.Id!,
            patient.FullName(),
            patient.Birth(),
            patient.Sex(),
            patient.PersonalId(),
            patient.Insurance(),
            patient.AddressText(),
            [
                .. document
                    .Entry.Select(entry => entry.Resource)
                    .OfType<Condition>()
                    .Select(one =>
                        one.IcdCode() is { } code ? $"{one.Text()} ({code})" : one.Text()
                    ),
            ],
            [
                .. composition.Section.Select(section =>
                    (
                        section.Title!,
                        string.Join(
                            '\n',
                            System
                                .Xml.Linq.XElement.Parse(section.Text!.Div!)
                                .Elements()
                                .Select(line => line.Value)
                        )
                    )
                ),
            ],
            One<Practitioner>().Name.FirstOrDefault()?.Text ?? "",
            ReadPatientSummary.When(composition.DateElement).InVietnam()
        );

        T One<T>() => document.Entry.Select(entry => entry.Resource).OfType<T>().First();
    }

    [GeneratedRegex(@"^[0-9A-Za-z]{1,10}-\d{6}[0-9a-z]{5}-[chkr]$")]
    private static partial Regex Code();
}

/// <summary>What stands on a paper, read out of the document that was signed.</summary>
/// <param name="Fields">Label and text, as on the form.</param>
public sealed record PaperView(
    string Code,
    string Title,
    string Facility,
    string? FacilityAddress,
    string PatientId,
    string PatientName,
    PartialDate? Birth,
    Sex Sex,
    string? PersonalId,
    string? Insurance,
    string? Address,
    IReadOnlyList<string> Diagnoses,
    IReadOnlyList<(string Label, string Text)> Fields,
    string Doctor,
    DateTimeOffset At
);
