using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Reading;
using Health.Fhir.Search.Values;
using Health.Fhir.Store;

namespace Health.Fhir.Api.Operations.Everything;

/// <summary>
/// When the care that a resource tells of was given, by one search parameter of its type; what has no such date (a Patient, an allergy, a
/// coverage) belongs to every period. https://hl7.org/fhir/R4/patient-operation-everything.html, parameters start and end.
/// </summary>
internal sealed class CareDates(ResourceReader reader)
{
    private static readonly Dictionary<string, string> Parameters = new()
    {
        ["AdverseEvent"] = "date",
        ["Appointment"] = "date",
        ["CarePlan"] = "date",
        ["CareTeam"] = "date",
        ["ChargeItem"] = "occurrence",
        ["Claim"] = "created",
        ["ClinicalImpression"] = "date",
        ["Communication"] = "sent",
        ["CommunicationRequest"] = "occurrence",
        ["Composition"] = "date",
        ["Condition"] = "onset-date",
        ["DetectedIssue"] = "identified",
        ["DeviceRequest"] = "event-date",
        ["DiagnosticReport"] = "date",
        ["DocumentReference"] = "period",
        ["Encounter"] = "date",
        ["EpisodeOfCare"] = "date",
        ["ExplanationOfBenefit"] = "created",
        ["Flag"] = "date",
        ["Goal"] = "start-date",
        ["ImagingStudy"] = "started",
        ["Immunization"] = "date",
        ["Invoice"] = "date",
        ["List"] = "date",
        ["Media"] = "created",
        ["MedicationAdministration"] = "effective-time",
        ["MedicationDispense"] = "whenhandedover",
        ["MedicationRequest"] = "authoredon",
        ["MedicationStatement"] = "effective",
        ["NutritionOrder"] = "datetime",
        ["Observation"] = "date",
        ["Procedure"] = "date",
        ["Provenance"] = "when",
        ["QuestionnaireResponse"] = "authored",
        ["RequestGroup"] = "authored",
        ["RiskAssessment"] = "date",
        ["ServiceRequest"] = "occurrence",
        ["Specimen"] = "collected",
        ["Task"] = "period",
        ["VisionPrescription"] = "datewritten",
    };

    public bool Touches(StoredResource stored, DateRange period)
    {
        if (
            !Parameters.TryGetValue(stored.Type, out var code)
            || FhirModel.R4.Find(stored.Type, code) is not { } parameter
        )
        {
            return true;
        }
        using var resource = reader.Read(stored.Body);
        var dates = resource.Dates.FindAll(date => date.Parameter.Code == parameter.Code);
        return dates.Count == 0
            || dates.Exists(date => date.Range.Low <= period.High && date.Range.High >= period.Low);
    }
}
