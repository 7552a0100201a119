namespace Health.Contracts;

/// <summary>Systems of the identifiers of a Patient in the ministry's guide (http://fhir.ehealth.gov.vn/core).</summary>
public static class PatientIdentifiers
{
    /// <summary>Số định danh cá nhân.</summary>
    public const string NationalId = "http://fhir.ehealth.gov.vn/core/sid/national_id";

    /// <summary>Health insurance card.</summary>
    public const string InsuranceNumber = "http://fhir.ehealth.gov.vn/core/sid/insurance_number";
}
