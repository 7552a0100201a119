namespace Health.Fhir.Subscriptions.Rows;

/// <summary>The one row that says how far the store's history has been matched, and which host does it.</summary>
public sealed class MatcherRow
{
    public const int Only = 1;

    public required int Id { get; init; }

    /// <summary>All that was stamped before this, less the overlap, has been looked at.</summary>
    public required DateTimeOffset At { get; set; }

    public Guid? Holder { get; set; }
    public DateTimeOffset? HeldUntil { get; set; }
}
