namespace Health.Fhir.Subscriptions.Admission;

/// <summary>Names of the Subscriptions R5 Backport guide, version 1.1 (https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/).</summary>
internal static class Guide
{
    private const string Base =
        "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/";

    public const string FilterCriteria = Base + "backport-filter-criteria";
    public const string PayloadContent = Base + "backport-payload-content";
    public const string HeartbeatPeriod = Base + "backport-heartbeat-period";
    public const string Timeout = Base + "backport-timeout";
    public const string MaxCount = Base + "backport-max-count";
    public const string StatusProfile = Base + "backport-subscription-status-r4";
    public const string BundleProfile = Base + "backport-subscription-notification-r4";
    public const string Topics = Base + "capabilitystatement-subscriptiontopic-canonical";

    /// <summary>Of ours: names the registration of the caller who wrote the Subscription.</summary>
    public const string Registration = "urn:records:subscription-registration";
}
