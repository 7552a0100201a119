namespace Health.Emr.DecisionSupport;

/// <summary>Systems of the product's own codes about alerts, in DetectedIssue and in CDS Hooks cards.</summary>
public static class AlertCodes
{
    internal const string Base = "http://fhir.ehealth.gov.vn/core/CodeSystem/decision-support-";

    /// <summary>An <see cref="AlertRule"/>.</summary>
    public const string Rule = Base + "rule";

    /// <summary>An <see cref="Alert.Key"/>, as identifier.</summary>
    public const string Key = Base + "key";

    /// <summary>The facility in which an alert was shown, as a tag, so that its figures are one search.</summary>
    public const string Facility = VnCore.FacilityCode;
}
