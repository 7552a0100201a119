using CsCheck;
using Education.LearningRecords.Assessment;

namespace Education.Tests;

public sealed class Circular22Properties
{
    private static readonly Gen<decimal> Points = Gen.Int[0, 100].Select(tenths => tenths / 10m);

    private static readonly Gen<List<SubjectResult>> Year =
        from scored in Points.List[6, 10]
        from comments in Gen.Bool.List[0, 4]
        select scored
            .Select((average, i) => (SubjectResult)new ScoredResult($"S{i}", average))
            .Concat(comments.Select((passed, i) => new CommentResult($"C{i}", passed)))
            .ToList();

    private static readonly decimal[] Borders = [3.4m, 3.5m, 4.9m, 5.0m, 6.4m, 6.5m, 7.9m, 8.0m];

    /// <summary>Near the borders, where article 9.3 works.</summary>
    private static readonly Gen<List<SubjectResult>> YearAtTheBorders =
        from scored in Gen.Int[0, Borders.Length - 1].Select(i => Borders[i]).List[6, 9]
        from comments in Gen.Bool.List[0, 3]
        select scored
            .Select((average, i) => (SubjectResult)new ScoredResult($"S{i}", average))
            .Concat(comments.Select((passed, i) => new CommentResult($"C{i}", passed)))
            .ToList();

    [Fact]
    public void The_order_of_entry_is_irrelevant() =>
        (
            from regular in Points.Array[2, 5]
            from shuffled in Gen.Shuffle(regular)
            from midterm in Points
            from final in Points
            select (regular, shuffled, midterm, final)
        ).Sample(marks =>
            Circular22.TermAverage(marks.regular, marks.midterm, marks.final)
            == Circular22.TermAverage(marks.shuffled, marks.midterm, marks.final)
        );

    [Fact]
    public void The_order_of_subjects_is_irrelevant() =>
        Gen.OneOf(Year, YearAtTheBorders)
            .SelectMany(year => Gen.Shuffle(year.ToArray()).Select(other => (year, other)))
            .Sample(pair =>
                Circular22.Learning(pair.year).Level == Circular22.Learning(pair.other).Level
            );

    [Fact]
    public void Raising_a_subject_never_lowers_the_level() =>
        (
            from year in Gen.OneOf(Year, YearAtTheBorders)
            from at in Gen.Int[0, year.Count - 1]
            from tenths in Gen.Int[1, 70]
            select (year, at, tenths)
        ).Sample(
            change =>
            {
                var raised = change.year.ToList();
                raised[change.at] = raised[change.at] switch
                {
                    ScoredResult scored => scored with
                    {
                        Average = Math.Min(10, scored.Average + change.tenths / 10m),
                    },
                    var other => new CommentResult(other.Subject, true),
                };
                return Circular22.Learning(raised).Level >= Circular22.Learning(change.year).Level;
            },
            iter: 20_000
        );

    [Fact]
    public void Raising_a_mark_never_lowers_the_average() =>
        (
            from regular in Points.Array[2, 5]
            from midterm in Points
            from final in Points
            from more in Gen.Int[1, 100]
            select (regular, midterm, final, more)
        ).Sample(marks =>
        {
            var before = Circular22.TermAverage(marks.regular, marks.midterm, marks.final);
            decimal[] raised = [.. marks.regular];
            raised[0] = Math.Min(10, raised[0] + marks.more / 10m);
            return Circular22.TermAverage(raised, marks.midterm, marks.final) >= before
                && Circular22.TermAverage(marks.regular, marks.midterm, 10m) >= before;
        });

    /// <summary>Against the same formula in whole numbers: half a tenth goes up, exactly.</summary>
    [Fact]
    public void Averages_round_half_up_to_one_decimal() =>
        (
            from regular in Gen.Int[0, 100].Array[2, 5]
            from midterm in Gen.Int[0, 100]
            from final in Gen.Int[0, 100]
            select (regular, midterm, final)
        ).Sample(tenths =>
        {
            var weight = tenths.regular.Length + 5;
            var sum = tenths.regular.Sum() + 2 * tenths.midterm + 3 * tenths.final;
            var expected = (2 * sum + weight) / (2 * weight) / 10m;
            return Circular22.TermAverage(
                    [.. tenths.regular.Select(mark => mark / 10m)],
                    tenths.midterm / 10m,
                    tenths.final / 10m
                ) == expected;
        });

    [Fact]
    public void A_mark_survives_its_text_and_its_code() =>
        Gen.Int[0, 100]
            .Sample(tenths =>
            {
                var mark = MarkValue.Of(tenths / 10m);
                return MarkValue.TryParse(mark.ToString(), AssessmentKind.Scored, out var read)
                    && read == mark
                    && MarkValue.FromCode(mark.Code) == mark
                    && mark.Points == tenths / 10m;
            });
}
