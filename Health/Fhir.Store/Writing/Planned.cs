using Health.Fhir.Search.Reading;
using Health.Fhir.Store.Rows;

namespace Health.Fhir.Store.Writing;

/// <summary>One resource as it will stand after the commit: what was, what is now, and the rows of both.</summary>
internal sealed record Planned(
    PendingWrite Item,
    string Id,
    long Key,
    StoredVersion Was,
    WriteOutcome Outcome
)
{
    public byte[]? Raw { get; init; }
    public int[] Compartments { get; init; } = [];
    public StoredVersion Now { get; init; }
    public IndexedResource? Old { get; set; }
    public IndexRows? OldRows { get; set; }
    public IndexRows? Rows { get; set; }

    public string Reference => $"{Item.Write.Type}/{Id}";

    public bool Changes =>
        Outcome is WriteOutcome.Created or WriteOutcome.Updated or WriteOutcome.Deleted;
}
