namespace SharedKernel.Citizens.Match;

/// <summary>A register ready to be searched: its records taken apart, its blocks, and the model learned from it. Safe for many readers.</summary>
public sealed class PeopleIndex
{
    private PeopleIndex(PeopleTable table, Blocks blocks, LinkageModel model)
    {
        (Table, Blocks, Model) = (table, blocks, model);
        Scorer = new(model);
        Parallel.For(
            0,
            table.Columns.Length,
            field => table.Columns[field].Weigh(model.Frequencies[field])
        );
    }

    /// <summary>Blocks the table and learns from it, unless a model is given. The table must not grow afterwards.</summary>
    public static PeopleIndex Build(PeopleTable table, LinkageModel? model = null)
    {
        var blocks = new Blocks(table);
        return new(table, blocks, model ?? new LearnModel(table, blocks).Run());
    }

    public PeopleTable Table { get; }
    public LinkageModel Model { get; }

    internal Blocks Blocks { get; }
    internal Scorer Scorer { get; }

    /// <summary>Who this could be: the likeliest rows for one record, best first; none below the review threshold.</summary>
    /// <param name="values">One per field of the schema.</param>
    public IReadOnlyList<Likely> Find(int most, params ReadOnlySpan<string?> values)
    {
        var one = Alone(values);
        var levels = new sbyte[Scorer.Fields];
        var found = new List<(int Row, double Weight)>();
        foreach (var row in Blocks.Candidates(one))
        {
            var weight = Scorer.Score(one, 0, Table, row, levels);
            if (weight >= Thresholds.Review)
            {
                found.Add((row, weight));
            }
        }
        return
        [
            .. found
                .OrderByDescending(likely => likely.Weight)
                .ThenBy(likely => likely.Row)
                .Take(most)
                .Select(likely => new Likely(
                    likely.Row,
                    Explanation.Of(Model, Scorer, one, 0, Table, likely.Row)
                )),
        ];
    }

    public Explanation Explain(int left, int right) =>
        Explanation.Of(Model, Scorer, Table, left, Table, right);

    /// <summary>Weighs two records that stand in no table.</summary>
    public Explanation Explain(string?[] left, string?[] right) =>
        new Weigher(Model).Explain(left, right);

    private PeopleTable Alone(ReadOnlySpan<string?> values)
    {
        var one = PeopleTable.Of(Table.Schema, values);
        for (var field = 0; field < one.Columns.Length; field++)
        {
            one.Columns[field].Weigh(Model.Frequencies[field]);
        }
        return one;
    }
}

public sealed record Likely(int Row, Explanation Explanation);
