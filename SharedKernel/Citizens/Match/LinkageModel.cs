namespace SharedKernel.Citizens.Match;

/// <summary>
/// What was learned: the weight of every level, how likely two records are one person before anything is compared, and how
/// frequent each value is. Weights are in bits: +1 doubles the odds.
/// </summary>
public sealed class LinkageModel
{
    private const double LeastU = 1.0 / (1 << 23);
    private const double LeastM = 1.0 / (1 << 11);

    internal LinkageModel(LinkageSchema schema, double[][] m, double[][] u, double matchShare)
    {
        (Schema, M, U) = (schema, m, u);
        Weights = [.. schema.Fields.Select((_, field) => Ordered(m[field], u[field]))];
        Prior = Math.Log2(matchShare / (1 - matchShare));
        Frequencies =
        [
            .. schema.Fields.Select(field =>
                field.Comparison.FrequencyLevels > 0 ? new Frequencies() : null
            ),
        ];
    }

    /// <summary>The expectations of the schema, for a register too small to learn from.</summary>
    /// <param name="matchShare">Share of matching pairs among all pairs, such as one in the number of records.</param>
    public static LinkageModel Expected(LinkageSchema schema, double matchShare) =>
        new(
            schema,
            [.. schema.Fields.Select(f => f.Comparison.Levels.Select(l => l.M).ToArray())],
            [.. schema.Fields.Select(f => f.Comparison.Levels.Select(l => l.U).ToArray())],
            matchShare
        );

    public LinkageSchema Schema { get; }

    /// <summary>Log2 odds that two records drawn at random are one person.</summary>
    public double Prior { get; }

    /// <summary>Bits by field and level, before the frequency of the value is taken into account; never rising from a level to the next.</summary>
    public IReadOnlyList<IReadOnlyList<double>> FieldWeights => Weights;

    internal double[][] M { get; }
    internal double[][] U { get; }
    internal double[][] Weights { get; }
    internal Frequencies?[] Frequencies { get; }

    /// <summary>
    /// Better agreement must never weigh less. Where the estimates say so (few pairs on a level), neighbouring levels share one
    /// weight, from their sums of m and u (pool adjacent violators); and full agreement never speaks against.
    /// </summary>
    private static double[] Ordered(double[] m, double[] u)
    {
        var pools = new List<(double M, double U, int Levels)>();
        for (var level = 0; level < m.Length; level++)
        {
            var pool = (M: Math.Max(m[level], LeastM), U: Math.Max(u[level], LeastU), Levels: 1);
            while (pools.Count > 0 && pools[^1].M / pools[^1].U < pool.M / pool.U)
            {
                pool = (pool.M + pools[^1].M, pool.U + pools[^1].U, pool.Levels + pools[^1].Levels);
                pools.RemoveAt(pools.Count - 1);
            }
            pools.Add(pool);
        }
        double[] weights =
        [
            .. pools.SelectMany(pool => Enumerable.Repeat(Math.Log2(pool.M / pool.U), pool.Levels)),
        ];
        weights[0] = Math.Max(weights[0], 0);
        return weights;
    }
}
