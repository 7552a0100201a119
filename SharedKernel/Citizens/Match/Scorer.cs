namespace SharedKernel.Citizens.Match;

/// <summary>Weighs pairs of rows under one model. Holds no state of a pair; each thread may share it.</summary>
internal sealed class Scorer
{
    /// <summary>Bits below which no pair is ever of interest, so that the rest of it need not be compared.</summary>
    private const double Hopeless = -12;

    private readonly double prior;
    private readonly double[][] weights;
    private readonly int[] frequencyLevels;
    private readonly double[] bestOfRest;
    private readonly (int Field, uint Levels)[][] doubts;

    public Scorer(LinkageModel model)
    {
        var fields = model.Schema.Fields;
        Fields = fields.Count;
        prior = model.Prior;
        weights = model.Weights;
        frequencyLevels = [.. fields.Select(field => field.Comparison.FrequencyLevels)];
        bestOfRest = new double[Fields + 1];
        for (var field = Fields - 1; field >= 0; field--)
        {
            // No value is rarer than one in eight million, the floor of u.
            var best =
                frequencyLevels[field] > 0 ? Math.Max(weights[field][0], 23) : weights[field][0];
            bestOfRest[field] = bestOfRest[field + 1] + best;
        }
        doubts =
        [
            .. model.Schema.Doubts.Select(doubt =>
                doubt
                    .When.Select(when =>
                        (
                            model.Schema.IndexOf(when.Field),
                            when.Levels.Aggregate(0u, (mask, level) => mask | 1u << (level + 1))
                        )
                    )
                    .ToArray()
            ),
        ];
    }

    public int Fields { get; }

    /// <summary>Log2 odds that the two rows are one person, and the level of each field.</summary>
    /// <returns>Negative infinity as soon as the pair is hopeless; its levels are then not all there.</returns>
    public double Score(
        PeopleTable left,
        int row,
        PeopleTable right,
        int otherRow,
        Span<sbyte> levels
    )
    {
        var score = prior;
        for (var field = 0; field < Fields; field++)
        {
            var level = left.Columns[field].Level(row, right.Columns[field], otherRow);
            levels[field] = (sbyte)level;
            score += Weight(left, row, right, otherRow, field, level);
            if (score + bestOfRest[field + 1] < Hopeless)
            {
                return double.NegativeInfinity;
            }
        }
        return score;
    }

    public void Levels(
        PeopleTable left,
        int row,
        PeopleTable right,
        int otherRow,
        Span<sbyte> levels
    )
    {
        for (var field = 0; field < Fields; field++)
        {
            levels[field] = (sbyte)left.Columns[field].Level(row, right.Columns[field], otherRow);
        }
    }

    public double Weight(
        PeopleTable left,
        int row,
        PeopleTable right,
        int otherRow,
        int field,
        int level
    )
    {
        if (level < 0)
        {
            return 0;
        }
        var steps = weights[field];
        var byFrequency = frequencyLevels[field];
        if (level >= byFrequency)
        {
            return steps[level];
        }
        var (a, b) = (left.Columns[field].Rarity, right.Columns[field].Rarity);
        var rarity = a.Length > row && b.Length > otherRow ? Math.Min(a[row], b[otherRow]) : 0;
        // However common the value, agreement neither speaks against nor weighs less than a lower level.
        return Math.Max(steps[level] + rarity, Math.Max(0, steps[byFrequency]));
    }

    public bool IsDoubtful(ReadOnlySpan<sbyte> levels)
    {
        foreach (var doubt in doubts)
        {
            if (Holds(doubt, levels))
            {
                return true;
            }
        }
        return false;
    }

    public IEnumerable<int> Doubts(sbyte[] levels) =>
        Enumerable.Range(0, doubts.Length).Where(doubt => Holds(doubts[doubt], levels));

    private static bool Holds((int Field, uint Levels)[] doubt, ReadOnlySpan<sbyte> levels)
    {
        foreach (var (field, mask) in doubt)
        {
            if ((mask >> (levels[field] + 1) & 1) == 0)
            {
                return false;
            }
        }
        return true;
    }
}
