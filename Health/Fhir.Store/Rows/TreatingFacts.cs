using Health.Fhir.Search.Reading;

namespace Health.Fhir.Store.Rows;

/// <summary>
/// What makes an organisation one that treats a person: a fact in the person's record that points to it. The index of references is by
/// (parameter, target, compartment), so each is one look. A fact that is deleted takes the relation with it.
/// </summary>
internal static class TreatingFacts
{
    /// <summary>Stored parameters: who keeps the record, where a visit was, who cares, whom somebody was sent to, who vaccinated.</summary>
    public static readonly string[] Names =
    [
        "Patient.organization",
        "Encounter.service-provider",
        "EpisodeOfCare.organization",
        "ServiceRequest.performer",
        "Immunization.performer",
    ];

    /// <summary>
    /// Those by which an organisation itself takes somebody in whom it has not treated: registration and a visit. The others are for who
    /// sees the record already.
    /// </summary>
    private static readonly string[] TakingIn =
    [
        "Patient.organization",
        "Encounter.service-provider",
        "EpisodeOfCare.organization",
    ];

    /// <summary>Whether a new resource takes its patient in at this organisation.</summary>
    public static bool TakesIn(IndexedResource resource, string organisation) =>
        resource.References.Exists(reference =>
            reference is { TargetType: "Organization", TargetId: { } id }
            && id == organisation
            && IndexRows.IsLocal(reference)
            && TakingIn.Contains(reference.Parameter.ToString())
        );
}
