using CsCheck;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Schools;

namespace Education.Tests;

/// <summary>What must hold from the single mark to the outcome of the year.</summary>
public sealed class YearSheetProperties
{
    private static readonly List<ClassSubject> Subjects =
    [
        .. SubjectCatalogue
            .OfGrade(6)
            .Where(subject => subject.IsCompulsory(6))
            .Select(subject => new ClassSubject
            {
                ClassId = Guid.Empty,
                Subject = subject.Code,
                Name = subject.Name,
                AnnualPeriods = subject.Periods[6],
                Kind = subject.Kind,
            }),
    ];

    private static readonly (
        ClassSubject Subject,
        int Term,
        ColumnKind Column,
        int Number
    )[] Cells =
    [
        .. from subject in Subjects
        from term in new[] { 1, 2 }
        from column in Enumerable
            .Range(1, Circular22.RegularAssessments(subject.Kind, subject.AnnualPeriods))
            .Select(number => (Kind: ColumnKind.Regular, Number: number))
            .Append((Kind: ColumnKind.Midterm, Number: 1))
            .Append((Kind: ColumnKind.Final, Number: 1))
        select (subject, term, column.Kind, column.Number),
    ];

    /// <summary>Mostly near the borders of the levels; a comment is rarely Chưa đạt.</summary>
    private static readonly Gen<AssessedMark[]> Year =
        from low in Gen.Int[20, 70]
        from width in Gen.Int[0, 40]
        from draws in Gen.Int[0, 1000].Array[Cells.Length]
        select Cells
            .Zip(
                draws,
                (cell, draw) =>
                    new AssessedMark(
                        cell.Subject.Subject,
                        cell.Term,
                        cell.Column,
                        cell.Number,
                        cell.Subject.Kind is AssessmentKind.Comment
                            ? draw < 15
                                ? MarkValue.NotPassed
                                : MarkValue.Passed
                            : MarkValue.Of(Math.Min(100, low + draw % (width + 1)) / 10m)
                    )
            )
            .ToArray();

    [Fact]
    public void The_order_in_which_marks_were_entered_changes_nothing() =>
        Year.SelectMany(marks => Gen.Shuffle(marks.ToArray()).Select(other => (marks, other)))
            .Sample(pair => Outcome(pair.marks) == Outcome(pair.other), iter: 300);

    [Fact]
    public void Raising_one_mark_never_lowers_a_level_or_an_average() =>
        (
            from marks in Year
            from at in Gen.Int[0, Cells.Length - 1]
            from more in Gen.Int[1, 60]
            select (marks, at, more)
        ).Sample(
            change =>
            {
                var raised = change.marks.ToArray();
                var mark = raised[change.at];
                raised[change.at] = mark with
                {
                    Value =
                        mark.Value.Kind is AssessmentKind.Comment
                            ? MarkValue.Passed
                            : MarkValue.FromCode(
                                (short)Math.Min(100, mark.Value.Code + change.more)
                            ),
                };
                var (before, after) = (Sheet(change.marks), Sheet(raised));
                return after.Term1!.Level >= before.Term1!.Level
                    && after.Term2!.Level >= before.Term2!.Level
                    && after.Year!.Level >= before.Year!.Level
                    && before
                        .Subjects.Zip(after.Subjects)
                        .All(pair => Value(pair.Second.Year!) >= Value(pair.First.Year!));
            },
            iter: 500
        );

    [Fact]
    public void A_retest_takes_the_place_of_the_result_and_of_nothing_else() =>
        (
            from marks in Year
            from points in Gen.Int[0, 100]
            select (marks, again: MarkValue.Of(points / 10m))
        ).Sample(
            year =>
            {
                var retests = Subjects.ToDictionary(
                    subject => subject.Subject,
                    subject =>
                        subject.Kind is AssessmentKind.Comment ? MarkValue.Passed : year.again
                );
                var plain = Sheet(year.marks);
                var sheet = YearSheet.Of(Subjects, year.marks, retests);
                var expected = Circular22.Learning([
                    .. plain.Subjects.Select(subject =>
                        subject.Year switch
                        {
                            ScoredResult { Average: < 5.0m } low => low with
                            {
                                Average = year.again.Points,
                            },
                            CommentResult comment => comment with { Passed = true },
                            var fine => fine!,
                        }
                    ),
                ]);
                return sheet.AfterRetests!.Level == expected.Level
                    && sheet.Year!.Level == plain.Year!.Level
                    && sheet.Subjects.All(subject =>
                        subject.Retest is null != Circular22.MayRetest(subject.Year!)
                    );
            },
            iter: 300
        );

    /// <summary>A pupil comes with marks of an earlier class; where the present one has none they count, elsewhere they do not.</summary>
    [Fact]
    public void Carried_marks_fill_gaps_in_any_order_and_replace_nothing() =>
        (
            from own in Year
            from earlier in Year
            from kept in Gen.Bool.Array[Cells.Length]
            select (own, earlier, kept)
        )
            .SelectMany(year =>
            {
                var placed = year
                    .own.Where((_, i) => year.kept[i])
                    .Select(mark => new PlacedMark(mark, true, DateTimeOffset.UnixEpoch))
                    .Concat(
                        year.earlier.Select(mark => new PlacedMark(
                            mark,
                            false,
                            DateTimeOffset.UnixEpoch.AddDays(1)
                        ))
                    );
                var expected = year.own.Select((mark, i) => year.kept[i] ? mark : year.earlier[i]);
                return Gen.Shuffle(placed.ToArray())
                    .Select(shuffled => (shuffled, expected: expected.ToHashSet()));
            })
            .Sample(
                both => CarriedMarks.Settle(both.shuffled).ToHashSet().SetEquals(both.expected),
                iter: 200
            );

    private static YearSheet Sheet(IEnumerable<AssessedMark> marks) =>
        YearSheet.Of(Subjects, marks);

    private static (Level?, Level?, Level?, YearOutcome?, Award) Outcome(
        IEnumerable<AssessedMark> marks
    )
    {
        var sheet = Sheet(marks);
        return (
            sheet.Term1?.Level,
            sheet.Term2?.Level,
            sheet.Year?.Level,
            sheet.Decide(6, Level.Good, 3)?.Outcome,
            sheet.AwardFor(Level.Good)
        );
    }

    private static decimal Value(SubjectResult result) =>
        result switch
        {
            ScoredResult scored => scored.Average,
            CommentResult comment => comment.Passed ? 1 : 0,
            _ => throw new ArgumentOutOfRangeException(nameof(result)),
        };
}
