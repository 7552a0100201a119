using SharedKernel.Citizens.Match;

namespace SharedKernel.Tests.Match;

/// <summary>Pairs of rows that the groups join, held against who the rows really are.</summary>
internal sealed record LinkageQuality(long Joined, long Right, long True, long RightOrInReview)
{
    public double Precision => Joined == 0 ? 1 : (double)Right / Joined;
    public double Recall => (double)Right / True;
    public double F1 => 2.0 * Right / (Joined + True);

    /// <summary>Share of the true pairs that are joined or lie before a person.</summary>
    public double RecallWithReview => (double)RightOrInReview / True;
    public long FalseMerges => Joined - Right;

    public static LinkageQuality Of(Duplicates found, int[] truth)
    {
        long joined = 0,
            right = 0;
        foreach (var group in found.Groups)
        {
            joined += Pairs(group.Length);
            right += group.GroupBy(row => truth[row]).Sum(same => Pairs(same.Count()));
        }
        var reviewed = found
            .ToReview.Where(pair => truth[pair.Left] == truth[pair.Right])
            .Select(pair => (pair.Left, pair.Right))
            .Distinct()
            .Count();
        return new(
            joined,
            right,
            truth.GroupBy(person => person).Sum(same => Pairs(same.Count())),
            right + reviewed
        );
    }

    private static long Pairs(int count) => (long)count * (count - 1) / 2;

    public override string ToString() =>
        $"F1 {F1:F5}, precision {Precision:F6} ({FalseMerges} false), recall {Recall:F5}, with review {RecallWithReview:F5}";
}
