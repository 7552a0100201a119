namespace SharedKernel.Citizens.Match;

/// <summary>
/// Finds the records of a whole register that are one person. Links are taken in, strongest first; a link joins two groups only if the
/// groups as a whole agree (mean weight of all their pairs) and no pair between them is doubtful, so a chain of lookalikes
/// does not collapse into one person. What is not joined so goes to review.
/// </summary>
public sealed class FindDuplicates
{
    /// <summary>So many members of each of two groups are compared with each other before the groups are joined.</summary>
    private const int MostCompared = 12;

    private readonly PeopleTable table;
    private readonly Scorer scorer;
    private readonly Blocks blocks;

    private FindDuplicates(PeopleIndex index) =>
        (table, scorer, blocks) = (index.Table, index.Scorer, index.Blocks);

    public static Duplicates Run(PeopleIndex index) => new FindDuplicates(index).Run();

    private Duplicates Run()
    {
        var (links, compared) = Links();
        links.Sort(
            (a, b) =>
                b.Weight.CompareTo(a.Weight) is var order and not 0 ? order
                : a.Left != b.Left ? a.Left.CompareTo(b.Left)
                : a.Right.CompareTo(b.Right)
        );
        var group = new List<int>?[table.Count];
        var levels = new sbyte[scorer.Fields];
        foreach (var link in links.TakeWhile(link => link.Weight >= Thresholds.Automatic))
        {
            if (link.IsDoubtful || group[link.Left] is { } same && same == group[link.Right])
            {
                continue;
            }
            var left = group[link.Left] ?? [link.Left];
            var right = group[link.Right] ?? [link.Right];
            if (left.Count * right.Count > 1 && !BelongTogether(left, right, levels))
            {
                continue;
            }
            if (left.Count < right.Count)
            {
                (left, right) = (right, left);
            }
            left.AddRange(right);
            left.ForEach(row => group[row] = left);
        }
        return new(
            [.. group.OfType<List<int>>().Distinct().Select(rows => rows.Order().ToArray())],
            [
                .. links
                    .Where(link => group[link.Left] is not { } rows || rows != group[link.Right])
                    .Select(link => new LikelyPair(link.Left, link.Right, link.Weight)),
            ],
            compared
        );
    }

    private bool BelongTogether(List<int> left, List<int> right, sbyte[] levels)
    {
        double sum = 0;
        var count = 0;
        foreach (var a in left.Take(MostCompared))
        {
            foreach (var b in right.Take(MostCompared))
            {
                sum += Math.Max(scorer.Score(table, a, table, b, levels), -30);
                count++;
                scorer.Levels(table, a, table, b, levels);
                if (scorer.IsDoubtful(levels))
                {
                    return false;
                }
            }
        }
        return sum / count >= Thresholds.Review;
    }

    private readonly record struct Link(int Left, int Right, double Weight, bool IsDoubtful);

    private (List<Link> Links, long Compared) Links()
    {
        var all = new List<Link>();
        var compared = 0L;
        for (var rule = 0; rule < table.Schema.Rules.Count; rule++)
        {
            const int Chunk = 2048;
            var number = rule;
            var count = blocks.CountOfBlocks(rule);
            Parallel.For(
                0,
                (count + Chunk - 1) / Chunk,
                chunk =>
                {
                    var found = new List<Link>();
                    var levels = new sbyte[scorer.Fields];
                    var pairs = 0L;
                    void Visit(int i, int j)
                    {
                        pairs++;
                        var weight = scorer.Score(table, i, table, j, levels);
                        if (weight >= Thresholds.Review)
                        {
                            found.Add(
                                new(
                                    Math.Min(i, j),
                                    Math.Max(i, j),
                                    weight,
                                    scorer.IsDoubtful(levels)
                                )
                            );
                        }
                    }
                    var end = Math.Min(count, (chunk + 1) * Chunk);
                    for (var block = chunk * Chunk; block < end; block++)
                    {
                        blocks.Walk(number, block, again: false, Visit);
                    }
                    lock (all)
                    {
                        all.AddRange(found);
                        compared += pairs;
                    }
                }
            );
        }
        return (all, compared);
    }
}

/// <param name="Groups">Rows that are one person, two or more in each, rising.</param>
/// <param name="ToReview">Pairs that a person should decide.</param>
/// <param name="Compared">Pairs that were weighed.</param>
public sealed record Duplicates(
    IReadOnlyList<int[]> Groups,
    IReadOnlyList<LikelyPair> ToReview,
    long Compared
);

/// <param name="Weight">Log2 odds.</param>
public sealed record LikelyPair(int Left, int Right, double Weight);
