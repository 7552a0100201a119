using Education.University.Marks;
using Education.University.Programmes;
using Education.University.Registering;
using Education.University.Rules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.University.Progress;

/// <param name="Mark">0–10; null for a recognised course or one with a mark missing.</param>
/// <param name="Counts">Whether it is the official attempt at its course.</param>
public sealed record ResultLine(
    string Course,
    string Name,
    int Credits,
    decimal? Mark,
    string Letter,
    decimal? Points,
    bool Passes,
    bool Counts,
    Reason? Reason
);

/// <param name="Number">Null for what was recognised.</param>
/// <param name="Average">Of the term.</param>
/// <param name="Cumulative">Up to and with the term.</param>
public sealed record TermProgress(
    int Year,
    int? Number,
    IReadOnlyList<ResultLine> Results,
    GradeAverage? Average,
    GradeAverage? Cumulative,
    AcademicWarning? Warning
);

/// <param name="Year">Of study, by credits earned.</param>
/// <param name="Rank">Of the cumulative average; null without one.</param>
public sealed record ProgressView(
    Guid Student,
    string Code,
    string Name,
    string Institution,
    string Programme,
    int ProgrammeCredits,
    int EarnedCredits,
    int Year,
    GradeAverage Cumulative,
    Rank? Rank,
    IReadOnlyList<TermProgress> Terms,
    GraduationAudit Graduation,
    IReadOnlyList<string> Missing
);

/// <summary>How far a student has come: results, averages, warnings and what is left before graduation, each with its reason.</summary>
public sealed class ReadProgress(
    UniversityDb db,
    UniversityAccess access,
    StudentResults results,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/education/my-university-progress",
                (ReadProgress feature, CancellationToken cancel) => feature.Own(cancel)
            )
            .Requires(Permission.RegisterCourses);
        routes
            .MapGet(
                "/education/university-students/{student:guid}/progress",
                (Guid student, ReadProgress feature, CancellationToken cancel) =>
                    feature.Run(student, cancel)
            )
            .Requires(Permission.ManageUniversity);
    }

    /// <summary>The caller's, one for each programme; empty for whoever is no student.</summary>
    public async Task<IReadOnlyList<ProgressView>> Own(CancellationToken cancel = default)
    {
        var own = new List<ProgressView>();
        foreach (var student in await access.Own(cancel))
        {
            own.Add(await View(student, cancel));
        }
        return own;
    }

    public async Task<ProgressView> Run(Guid studentId, CancellationToken cancel = default)
    {
        var student =
            await db
                .Students.AsNoTracking()
                .FirstOrDefaultAsync(known => known.Id == studentId, cancel)
            ?? throw new NotFound($"Student {studentId}");
        await access.Demand(Permission.ManageUniversity, student.InstitutionCode);
        return await View(student, cancel);
    }

    private async Task<ProgressView> View(Student student, CancellationToken cancel)
    {
        var institution = await db
            .Institutions.AsNoTracking()
            .FirstAsync(one => one.Code == student.InstitutionCode, cancel);
        var programme = await db
            .Programmes.AsNoTracking()
            .Include(one => one.Courses)
            .FirstAsync(one => one.Id == student.ProgrammeId, cancel);
        var ids = programme.Courses.Select(one => one.CourseId).ToList();
        var codes = await db
            .Courses.Where(course => ids.Contains(course.Id))
            .ToDictionaryAsync(course => course.Id, course => course.Code, cancel);
        var all =
            (await results.Of([student.Id], null, cancel)).GetValueOrDefault(student.Id) ?? [];
        var today = clock.Today();
        var rules = RuleSet.On(today);
        var attempts = all.Select(result => result.Attempt).ToList();
        var official = GradeAverage.Official(institution.Attempts, attempts).ToHashSet();
        var passed = official
            .Where(attempt => attempt is { InProgramme: true, Grade.Passes: true })
            .ToDictionary(attempt => attempt.Course, attempt => attempt.Credits);
        var cumulative = GradeAverage.Of(rules, institution.Attempts, attempts);
        var required = programme
            .Courses.Where(one => one.Required)
            .Select(one => codes[one.CourseId])
            .Order(StringComparer.Ordinal)
            .ToList();
        var graduation = GraduationAudit.Of(
            rules,
            new(
                programme.Credits,
                required,
                passed,
                attempts
                    .Where(one => one.Grade.Letter == GradeScale.Recognised)
                    .Sum(one => one.Credits),
                attempts
                    .Where(one => one.InProgramme && one.Grade.Letter != GradeScale.Recognised)
                    .GroupBy(one => one.Course)
                    .Sum(course => course.Skip(1).Sum(again => again.Credits)),
                cumulative.Value,
                student.OutcomesMet,
                student.Disciplined,
                student.Suspended
            )
        );
        var earned = passed.Values.Sum();
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Read,
                $"UniversityStudent/{student.Id}/progress",
                [student.CitizenId.ToString()]
            ),
            cancel
        );
        return new(
            student.Id,
            student.Code,
            student.FullName,
            institution.Name,
            programme.Name,
            programme.Credits,
            earned,
            RuleSet.StudentYear(earned, programme.CreditsPerYear),
            cumulative,
            cumulative.Value is { } value ? rules.RankOf(value) : null,
            Terms(institution, programme, student, all, official),
            graduation,
            [.. required.Where(code => !passed.ContainsKey(code))]
        );
    }

    private static List<TermProgress> Terms(
        Institution institution,
        Programme programme,
        Student student,
        IReadOnlyList<CourseResult> all,
        HashSet<Attempt> official
    )
    {
        var terms = new List<TermProgress>();
        var soFar = new List<Attempt>();
        var warnings = 0;
        foreach (var group in all.GroupBy(result => result.Attempt.Term).OrderBy(one => one.Key))
        {
            var term = group.First().Term;
            var now = group.Select(result => result.Attempt).ToList();
            soFar.AddRange(now);
            var lines = group.Select(result => Line(result, official)).ToList();
            if (term is null)
            {
                terms.Add(new(0, null, lines, null, null, null));
                continue;
            }
            var rules = RuleSet.On(term.Ends);
            var average = GradeAverage.Of(rules, institution.Attempts, now);
            var cumulative = GradeAverage.Of(rules, institution.Attempts, soFar);
            var standing = GradeAverage.Official(institution.Attempts, soFar).ToList();
            var earned = standing
                .Where(one => one is { InProgramme: true, Grade.Passes: true })
                .Sum(one => one.Credits);
            var warning = AcademicWarning.Of(
                rules,
                institution.Warnings,
                institution.DismissedAt,
                new(
                    now.Sum(one => one.Credits),
                    now.Where(Failed).Sum(one => one.Credits),
                    standing.Where(Failed).Sum(one => one.Credits),
                    average.Value,
                    cumulative.Value,
                    RuleSet.StudentYear(earned, programme.CreditsPerYear),
                    terms.TrueForAll(one => one.Number is null),
                    warnings,
                    student.Since.AddYears(programme.MostYears) < term.Ends
                )
            );
            warnings = warning.InARow;
            terms.Add(new(term.Year, term.Number, lines, average, cumulative, warning));
        }
        return terms;
    }

    /// <summary>A mark that is missing is no failure yet.</summary>
    private static bool Failed(Attempt attempt) =>
        !attempt.Grade.Passes && attempt.Grade.Letter != GradeScale.Missing;

    private static ResultLine Line(CourseResult result, HashSet<Attempt> official) =>
        new(
            result.Course.Code,
            result.Course.Name,
            result.Course.Credits,
            result.Mark?.Value,
            result.Attempt.Grade.Letter,
            result.Attempt.Grade.Points,
            result.Attempt.Grade.Passes,
            official.Contains(result.Attempt),
            result.Mark?.Reason
        );
}
