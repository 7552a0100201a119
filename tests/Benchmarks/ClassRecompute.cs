using System.Diagnostics;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Schools;

namespace Benchmarks;

/// <summary>
/// <c>class-recompute</c>: 45 pupils × 13 subjects with two full terms of marks through every rule of Circular 22 to levels, outcome and award;
/// the issue asks for well under 100 ms.
/// </summary>
public static class ClassRecompute
{
    private const int Pupils = 45;
    private const int Runs = 200;

    public static int Run()
    {
        var random = new Random(22);
        var subjects = SubjectCatalogue
            .OfGrade(6)
            .Take(13)
            .Select(subject => new ClassSubject
            {
                ClassId = Guid.Empty,
                Subject = subject.Code,
                Name = subject.Name,
                AnnualPeriods = subject.Periods[6],
                Kind = subject.Kind,
            })
            .ToList();
        var marks = Enumerable
            .Range(0, Pupils)
            .Select(_ => subjects.SelectMany(subject => Year(subject, random)).ToList())
            .ToList();
        var times = new List<double>();
        var promoted = 0;
        for (var run = 0; run < Runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            foreach (var pupil in marks)
            {
                var sheet = YearSheet.Of(subjects, pupil);
                promoted += sheet.Decide(6, Level.Good, 0)?.Outcome is YearOutcome.Promoted ? 1 : 0;
                sheet.AwardFor(Level.Good);
            }
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        times.Sort();
        Console.WriteLine(
            $"{Pupils} pupils × {subjects.Count} subjects, {marks.Sum(pupil => pupil.Count):N0} marks: p50 {times[Runs / 2]:F2} ms, slowest {times[^1]:F1} ms (the first compiles the code); {promoted / Runs} promoted"
        );
        return 0;
    }

    private static IEnumerable<AssessedMark> Year(ClassSubject subject, Random random) =>
        from term in new[] { 1, 2 }
        let regular = Circular22.RegularAssessments(subject.Kind, subject.AnnualPeriods)
        from column in Enumerable
            .Range(1, regular)
            .Select(number => (Kind: ColumnKind.Regular, Number: number))
            .Append((Kind: ColumnKind.Midterm, Number: 1))
            .Append((Kind: ColumnKind.Final, Number: 1))
        select new AssessedMark(
            subject.Subject,
            term,
            column.Kind,
            column.Number,
            subject.Kind is AssessmentKind.Comment
                ? MarkValue.Passed
                : MarkValue.Of(random.Next(50, 101) / 10m)
        );
}
