namespace Health.Emr.Prescriptions;

/// <summary>What the doctor has typed, as the editor sends it.</summary>
/// <param name="WeightKg">Required under 72 months.</param>
/// <param name="Accompanying">Name of who brought the child; required under 72 months.</param>
/// <param name="FollowUpDays">Come back after so many days.</param>
/// <param name="Replaces">Code of the signed prescription that this one corrects.</param>
/// <param name="Overrides">Interrupting alerts that the doctor passed over, each with its reason.</param>
/// <param name="Seen">Keys of the interrupting alerts that were shown while writing, for the figures.</param>
public sealed record PrescriptionDraft(
    IReadOnlyList<PrescriptionDraft.Line> Lines,
    Course Course = Course.Acute,
    decimal? WeightKg = null,
    string? Accompanying = null,
    string? Advice = null,
    int? FollowUpDays = null,
    string? Replaces = null,
    IReadOnlyList<PrescriptionDraft.Override>? Overrides = null,
    IReadOnlyList<string>? Seen = null
)
{
    public static readonly PrescriptionDraft Empty = new([]);

    /// <param name="Key">Of the alert.</param>
    /// <param name="Reason">Code of DecisionSupport.OverrideReasons.</param>
    public sealed record Override(string Key, string Reason);

    /// <param name="Drug">Code in the catalogue.</param>
    /// <param name="Dose">Each time, in the drug's dose unit.</param>
    /// <param name="Times">A day.</param>
    /// <param name="Quantity">In the drug's unit; null for the computed one.</param>
    public sealed record Line(
        string Drug,
        decimal Dose,
        int Times,
        int Days,
        string? Timing = null,
        int? Quantity = null
    );
}
