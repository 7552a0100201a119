namespace SharedKernel.Citizens.Match;

/// <summary>
/// Weighs records that stand in no index: one against candidates that were read from a database. Safe for many threads.
/// </summary>
public sealed class Weigher(LinkageModel model)
{
    private readonly Scorer scorer = new(model);

    public LinkageModel Model => model;

    /// <summary>The likeliest candidates, best first; none below the review threshold.</summary>
    /// <param name="candidates">Values of the records, by the fields of the schema; <see cref="Likely.Row"/> counts them.</param>
    public IReadOnlyList<Likely> Find(
        int most,
        string?[] values,
        IReadOnlyCollection<string?[]> candidates
    )
    {
        var one = Table([values]);
        var others = Table(candidates);
        var levels = new sbyte[scorer.Fields];
        return
        [
            .. Enumerable
                .Range(0, others.Count)
                .Select(row => (Row: row, Weight: scorer.Score(one, 0, others, row, levels)))
                .Where(found => found.Weight >= Thresholds.Review)
                .OrderByDescending(found => found.Weight)
                .ThenBy(found => found.Row)
                .Take(most)
                .Select(found => new Likely(
                    found.Row,
                    Explanation.Of(model, scorer, one, 0, others, found.Row)
                )),
        ];
    }

    public Explanation Explain(string?[] left, string?[] right) =>
        Explanation.Of(model, scorer, Table([left]), 0, Table([right]), 0);

    private PeopleTable Table(IReadOnlyCollection<string?[]> records)
    {
        var table = new PeopleTable(model.Schema);
        foreach (var record in records)
        {
            table.Add(record);
        }
        for (var field = 0; field < table.Columns.Length; field++)
        {
            table.Columns[field].Weigh(model.Frequencies[field]);
        }
        return table;
    }
}
