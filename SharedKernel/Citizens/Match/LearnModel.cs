namespace SharedKernel.Citizens.Match;

/// <summary>
/// Estimates a model from the data itself, without labels: u from random pairs, m by expectation-maximisation on the pairs of each
/// training rule with u held fixed (Fellegi and Sunter 1969; Linacre et al. 2022, Splink), then the share of matches among all pairs.
/// </summary>
internal sealed class LearnModel(PeopleTable table, Blocks blocks)
{
    private const int RandomPairs = 1_000_000;
    private const int PairsOfRule = 200_000;
    private const int Rounds = 40;

    /// <summary>The expectations of the schema count as much as so many pairs, so that a small register does not learn from an accident.</summary>
    private const double Expectation = 20;

    private readonly LinkageSchema schema = table.Schema;
    private readonly Scorer comparer = new(LinkageModel.Expected(table.Schema, 0.5));

    public LinkageModel Run()
    {
        var expected = LinkageModel.Expected(schema, 0.5);
        if (table.Count < 2)
        {
            return Counted(LinkageModel.Expected(schema, 0.01));
        }
        var random = SampleRandom();
        var byRule = Enumerable
            .Range(0, schema.Rules.Count)
            .Select(r => SampleRule(r, true))
            .ToArray();
        var candidates = Merge(
            Enumerable.Range(0, schema.Rules.Count).Select(r => SampleRule(r, false))
        );
        var allPairs = (double)table.Count * (table.Count - 1) / 2;
        var (m, u) = (expected.M, EstimateU(random, expected.U, null, 0));
        var share = 1 / allPairs;
        // Random pairs of a small register hold matches too. The second time they are taken out, by the model of the first.
        for (var round = 0; round < 2; round++)
        {
            m = EstimateM(byRule, m, u, expected.M);
            share = EstimateShare(candidates, m, u, allPairs);
            u = EstimateU(random, expected.U, m, share, u);
        }
        m = EstimateM(byRule, m, u, expected.M);
        share = EstimateShare(candidates, m, u, allPairs);
        return Counted(new(schema, m, u, share));
    }

    private LinkageModel Counted(LinkageModel model)
    {
        for (var field = 0; field < schema.Fields.Count; field++)
        {
            if (model.Frequencies[field] is not { } frequencies)
            {
                continue;
            }
            var column = table.Columns[field];
            var term = schema.Fields[field].Comparison.FrequencyKey;
            for (var row = 0; row < table.Count; row++)
            {
                frequencies.Add(column.Key(row, term));
            }
            frequencies.Against(model.U[field][0]);
        }
        return model;
    }

    private Patterns SampleRandom()
    {
        var patterns = new Patterns(schema);
        var all = (long)table.Count * (table.Count - 1) / 2;
        if (all <= RandomPairs)
        {
            for (var i = 1; i < table.Count; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    patterns.Add(comparer, table, i, j, 1);
                }
            }
            return patterns;
        }
        var state = 20250701UL;
        for (var pair = 0; pair < RandomPairs; pair++)
        {
            var i = (int)(Hash.Mix(state++) % (uint)table.Count);
            var j = (int)(Hash.Mix(state++) % (uint)table.Count);
            if (i != j)
            {
                patterns.Add(comparer, table, i, j, 1);
            }
        }
        return patterns;
    }

    /// <param name="again">With the pairs that earlier rules have too.</param>
    private Patterns SampleRule(int rule, bool again)
    {
        var patterns = new Patterns(schema);
        if (again && !schema.Rules[rule].Trains)
        {
            return patterns;
        }
        // Blocks lie in the order of a hash, so every n-th is a fair sample.
        var step = (int)(blocks.CountOfPairs(rule) / PairsOfRule) + 1;
        for (var block = 0; block < blocks.CountOfBlocks(rule); block += step)
        {
            blocks.Walk(rule, block, again, (i, j) => patterns.Add(comparer, table, i, j, step));
        }
        return patterns;
    }

    private static Patterns.Row[] Merge(IEnumerable<Patterns> all) =>
        [.. all.SelectMany(patterns => patterns.Rows())];

    private double[][] EstimateU(
        Patterns random,
        double[][] expected,
        double[][]? m,
        double share,
        double[][]? u = null
    )
    {
        var counts = expected.Select(levels => levels.ToArray()).ToArray();
        foreach (var row in random.Rows())
        {
            Add(
                counts,
                row.Levels,
                row.Count * (m is null ? 1 : 1 - Posterior(row.Levels, m, u!, share))
            );
        }
        return Shares(counts);
    }

    private double[][] EstimateM(
        Patterns[] byRule,
        double[][] start,
        double[][] u,
        double[][] expected
    )
    {
        var total = expected
            .Select(levels => levels.Select(value => value * Expectation).ToArray())
            .ToArray();
        for (var rule = 0; rule < byRule.Length; rule++)
        {
            var rows = byRule[rule].Rows();
            if (rows.Length == 0)
            {
                continue;
            }
            var fixedFields = schema
                .Rules[rule]
                .Key.Select(part => schema.IndexOf(part.Field))
                .ToHashSet();
            var m = start;
            var share = 0.5;
            double[][] counts = [];
            for (var round = 0; round < Rounds; round++)
            {
                counts =
                [
                    .. expected.Select(levels =>
                        levels.Select(value => value * Expectation).ToArray()
                    ),
                ];
                double matches = 0,
                    all = 0;
                foreach (var row in rows)
                {
                    var p = Posterior(row.Levels, m, u, share, fixedFields);
                    Add(counts, row.Levels, row.Count * p);
                    matches += row.Count * p;
                    all += row.Count;
                }
                m = Shares(counts);
                share = Math.Clamp(matches / all, 1e-6, 1 - 1e-6);
            }
            // What a rule demands agrees in all its pairs, so it cannot tell how often that agrees.
            for (var field = 0; field < counts.Length; field++)
            {
                for (
                    var level = 0;
                    !fixedFields.Contains(field) && level < counts[field].Length;
                    level++
                )
                {
                    total[field][level] += counts[field][level];
                }
            }
        }
        return Shares(total);
    }

    private static double EstimateShare(
        Patterns.Row[] candidates,
        double[][] m,
        double[][] u,
        double allPairs
    )
    {
        var share = 1 / allPairs;
        for (var round = 0; round < Rounds; round++)
        {
            var matches = 0.5;
            foreach (var row in candidates)
            {
                matches += row.Count * Posterior(row.Levels, m, u, share);
            }
            share = Math.Clamp(matches / allPairs, 1e-15, 0.5);
        }
        return share;
    }

    private static double Posterior(
        sbyte[] levels,
        double[][] m,
        double[][] u,
        double share,
        HashSet<int>? without = null
    )
    {
        var odds = share / (1 - share);
        for (var field = 0; field < levels.Length; field++)
        {
            if (levels[field] is var level and >= 0 && without?.Contains(field) != true)
            {
                odds *= Math.Max(m[field][level], 1e-6) / Math.Max(u[field][level], 1e-9);
            }
        }
        return odds / (1 + odds);
    }

    private static void Add(double[][] counts, sbyte[] levels, double count)
    {
        for (var field = 0; field < levels.Length; field++)
        {
            if (levels[field] >= 0)
            {
                counts[field][levels[field]] += count;
            }
        }
    }

    private static double[][] Shares(double[][] counts) =>
        [
            .. counts.Select(levels =>
            {
                var sum = levels.Sum();
                return levels.Select(count => count / sum).ToArray();
            }),
        ];
}
