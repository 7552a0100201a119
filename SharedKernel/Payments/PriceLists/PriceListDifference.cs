using SharedKernel.Contracts;

namespace SharedKernel.Payments.PriceLists;

/// <summary>What is new, changed and gone from one list to another; lines are the same item when kind and code are.</summary>
public sealed record PriceListDifference(
    IReadOnlyList<PriceLine> Added,
    IReadOnlyList<ChangedLine> Changed,
    IReadOnlyList<PriceLine> Removed,
    int Unchanged
)
{
    public bool IsEmpty => Added.Count + Changed.Count + Removed.Count == 0;

    public static PriceListDifference Between(
        IReadOnlyCollection<PriceLine> before,
        IReadOnlyCollection<PriceLine> after
    )
    {
        var old = before.ToDictionary(line => (line.ItemKind, line.Code));
        var added = new List<PriceLine>();
        var changed = new List<ChangedLine>();
        var unchanged = 0;
        foreach (var line in after)
        {
            if (!old.Remove((line.ItemKind, line.Code), out var was))
            {
                added.Add(line);
            }
            else if (was != line)
            {
                changed.Add(new(was, line));
            }
            else
            {
                unchanged++;
            }
        }
        return new(added, changed, [.. old.Values], unchanged);
    }
}

public sealed record ChangedLine(PriceLine Before, PriceLine After);
