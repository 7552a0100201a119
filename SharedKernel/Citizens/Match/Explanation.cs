using System.Globalization;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace SharedKernel.Citizens.Match;

/// <summary>Why two records are, or are not, taken for one person: enough to show and to argue with.</summary>
/// <param name="Prior">Log2 odds before anything was compared.</param>
/// <param name="Fields">In the order of the schema.</param>
/// <param name="Doubts">Reasons why this is not decided without a person, in the reader's language.</param>
public sealed record Explanation(
    double Prior,
    IReadOnlyList<FieldEvidence> Fields,
    IReadOnlyList<string> Doubts
)
{
    /// <summary>Log2 odds that the two are one person.</summary>
    public double Weight => Prior + Fields.Sum(evidence => evidence.Weight);

    /// <summary>0 … 1, FHIR's <c>search.score</c>.</summary>
    public double Probability => 1 / (1 + Math.Pow(2, -Weight));

    public MatchGrade Grade =>
        Weight < Thresholds.Review ? MatchGrade.CertainlyNot
        : Weight >= Thresholds.Automatic && Doubts.Count == 0 ? MatchGrade.Certain
        : Weight >= 0 ? MatchGrade.Probable
        : MatchGrade.Possible;

    internal static Explanation Of(
        LinkageModel model,
        Scorer scorer,
        PeopleTable left,
        int row,
        PeopleTable right,
        int otherRow
    )
    {
        var schema = model.Schema;
        var levels = new sbyte[schema.Fields.Count];
        scorer.Levels(left, row, right, otherRow, levels);
        return new(
            model.Prior,
            [
                .. schema.Fields.Select(
                    (field, i) =>
                        new FieldEvidence(
                            field,
                            levels[i],
                            scorer.Weight(left, row, right, otherRow, i, levels[i])
                        )
                ),
            ],
            [
                .. scorer
                    .Doubts(levels)
                    .Select(doubt => schema.Doubts[doubt])
                    .Select(doubt => T.Of(doubt.Vietnamese, doubt.English)),
            ]
        );
    }
}

/// <param name="Level">Index into the comparison's levels, or <see cref="Comparison.Missing"/>.</param>
/// <param name="Weight">Bits for (above 0) or against.</param>
public sealed record FieldEvidence(LinkageField Field, int Level, double Weight)
{
    /// <summary><c>"Ngày sinh: đảo ngày và tháng (+9,1)"</c></summary>
    public override string ToString()
    {
        var name = T.Of(Field.Vietnamese, Field.English);
        if (Level == Comparison.Missing)
        {
            return $"{name}: {T.Of("không có ở một hoặc cả hai bên", "not known on one side or both")}";
        }
        var level = Field.Comparison.Levels[Level];
        var bits = Weight.ToString("+0.0;−0.0;0.0", CultureInfo.CurrentUICulture);
        return $"{name}: {T.Of(level.Vietnamese, level.English)} ({bits})";
    }
}
