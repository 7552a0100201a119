namespace Health.Contracts;

/// <summary>Systems of the identifiers of a Patient in the ministry's guide (http://fhir.ehealth.gov.vn/core).</summary>
public static class PatientIdentifiers
{
    /// <summary>Số định danh cá nhân.</summary>
    public const string NationalId = "http://fhir.ehealth.gov.vn/core/sid/national_id";

    /// <summary>Health insurance card.</summary>
    public const string InsuranceNumber = "http://fhir.ehealth.gov.vn/core/sid/insurance_number";

    /// <summary>Chứng minh nhân dân and other earlier cards.</summary>
    public const string OldIdentityCard = "http://fhir.ehealth.gov.vn/core/sid/citizen_id";
    public const string Passport = "http://fhir.ehealth.gov.vn/core/sid/passport_number";

    /// <summary><c>TAM-…</c>, which the register gives to who has no personal ID yet.</summary>
    public const string Temporary = "http://fhir.ehealth.gov.vn/core/sid/patient-internal-id";
}
