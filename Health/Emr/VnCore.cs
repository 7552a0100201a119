using Health.Contracts;
using Hl7.Fhir.Model;

namespace Health.Emr;

/// <summary>
/// Systems and codes that the records carry: those of the Ministry of Health's FHIR guide (<c>hl7.fhir.vn.core</c>) where it has
/// one, international ones otherwise. In that guide "race" is the ethnic group and "ethic" the religion.
/// </summary>
public static class VnCore
{
    private const string Base = "http://fhir.ehealth.gov.vn/core";

    public const string NationalId = PatientIdentifiers.NationalId;
    public const string InsuranceNumber = PatientIdentifiers.InsuranceNumber;
    public const string FacilityCode = Base + "/sid/facility_code";

    /// <summary>The 14-character code of a prescription, in MedicationRequest.groupIdentifier and on its document.</summary>
    public const string PrescriptionCode = Base + "/sid/prescription_code";

    /// <summary>Codes of the product's own drug list.</summary>
    public const string DrugCodes = Base + "/CodeSystem/drug-demo";

    /// <summary>Whether a facility has beds, which decides whether it may prescribe narcotics.</summary>
    public const string HasBeds = Base + "/StructureDefinition/extension-has-beds";

    public const string Race = Base + "/StructureDefinition/extension-race";
    public const string RaceCodes = Base + "/CodeSystem/vn-core-race";
    public const string CommuneCodes = Base + "/CodeSystem/commune";

    /// <summary>Levels of triage, 1 to 5; codes of the product's own list of tests.</summary>
    public const string TriageLevels = Base + "/CodeSystem/triage-level";
    public const string TestCodes = Base + "/CodeSystem/test";

    /// <summary>Code of a signed paper such as a referral; kinds of papers and the fields of their forms.</summary>
    public const string PaperCode = Base + "/sid/paper_code";
    public const string PaperKinds = Base + "/CodeSystem/paper-kind";
    public const string PaperFields = Base + "/CodeSystem/paper-field";

    /// <summary>How long the record of a stay is kept: its class in meta.tag, the last day in an extension.</summary>
    public const string RetentionClasses = Base + "/CodeSystem/retention-class";
    public const string RetainUntil = Base + "/StructureDefinition/extension-retain-until";

    /// <summary>What goes into and out of a patient; <c>in</c> and <c>out</c> are its two categories.</summary>
    public const string FluidKinds = Base + "/CodeSystem/fluid";

    public const string Icd10 = "http://hl7.org/fhir/sid/icd-10";
    public const string Loinc = "http://loinc.org";
    public const string Ucum = "http://unitsofmeasure.org";
    public const string Atc = "http://www.whocc.no/atc";

    /// <summary>LOINC 57833-6: a prescription as a document.</summary>
    public static CodeableConcept PrescriptionDocument =>
        new(Loinc, "57833-6", "Prescription for medication", "Đơn thuốc");

    public static ResourceReference Reference(Resource resource, string? display = null) =>
        new($"{resource.TypeName}/{resource.Id}", display);

    public static ResourceReference ToPatient(string id) => new($"Patient/{id}");

    /// <summary>A moment as a value of a FHIR search, to the second: escaped, since its offset has a plus.</summary>
    public static string InQuery(DateTimeOffset moment) =>
        Uri.EscapeDataString(moment.ToString("yyyy-MM-ddTHH:mm:sszzz"));

    /// <summary>The id at the end of a reference such as <c>Patient/123</c>.</summary>
    public static string? IdOf(ResourceReference? reference) =>
        reference?.Reference?.Split('/')[^1];
}
