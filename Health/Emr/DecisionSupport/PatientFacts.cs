using SharedKernel.Contracts;

namespace Health.Emr.DecisionSupport;

/// <param name="Week">Full weeks since the last period; null when it is not known.</param>
public sealed record PregnancyFact(int? Week);

/// <param name="Egfr">ml/min/1.73 m².</param>
/// <param name="MeasuredOn">Null when it was not said.</param>
public sealed record KidneyFact(decimal Egfr, DateOnly? MeasuredOn = null);

/// <summary>What the rules ask of a person; what is null was not known, and the check that needs it says so.</summary>
/// <param name="Pregnancy">Null: not pregnant, or nobody has said.</param>
/// <param name="Allergies">Substances as recorded.</param>
public sealed record PatientFacts(
    Sex Sex,
    int? AgeMonths,
    decimal? WeightKg,
    PregnancyFact? Pregnancy,
    KidneyFact? Kidney,
    IReadOnlyList<string> Allergies,
    DateOnly On
);
