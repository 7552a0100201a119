namespace Health.Emr.Prescriptions;

/// <summary>What the doctor has typed, as the editor sends it.</summary>
/// <param name="WeightKg">Required under 72 months.</param>
/// <param name="Accompanying">Name of who brought the child; required under 72 months.</param>
/// <param name="FollowUpDays">Come back after so many days.</param>
/// <param name="Replaces">Code of the signed prescription that this one corrects.</param>
public sealed record PrescriptionDraft(
    IReadOnlyList<PrescriptionDraft.Line> Lines,
    Course Course = Course.Acute,
    decimal? WeightKg = null,
    string? Accompanying = null,
    string? Advice = null,
    int? FollowUpDays = null,
    string? Replaces = null
)
{
    public static readonly PrescriptionDraft Empty = new([]);

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
