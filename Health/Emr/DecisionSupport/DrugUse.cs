namespace Health.Emr.DecisionSupport;

/// <summary>Where a drug goes into the body, as far as the rules ask.</summary>
public enum DrugRoute
{
    /// <summary>Into the blood in some way that was not said.</summary>
    Systemic,
    Oral,
    Injected,
    Inhaled,

    /// <summary>On skin, eye, nose or ear: too little reaches the blood to interact.</summary>
    Topical,
}

/// <param name="Inn">Null when the ingredient is not known here.</param>
/// <param name="Milligrams">In one dose unit (tablet, ml, puff); null when the strength does not say.</param>
public sealed record Component(string Name, string? Inn, decimal? Milligrams = null);

/// <summary>One drug that a person takes or is about to take, as the rules see it.</summary>
/// <param name="Ref">What the caller knows it by: a line's number or a resource's id.</param>
/// <param name="IsTablet">A solid form to swallow whole.</param>
/// <param name="PerDose">Dose units each time; null when not known.</param>
/// <param name="PerDay">Dose units a day.</param>
/// <param name="IsNew">Being prescribed now; others are taken already and only compared with.</param>
public sealed record DrugUse(
    string Ref,
    string Name,
    IReadOnlyList<Component> Components,
    DrugRoute Route = DrugRoute.Oral,
    bool IsTablet = true,
    bool IsModifiedRelease = false,
    decimal? PerDose = null,
    decimal? PerDay = null,
    bool IsNew = true
)
{
    public bool IsSystemic => Route is not DrugRoute.Topical;

    public IEnumerable<string> Inns => Components.Select(part => part.Inn).OfType<string>();
}
