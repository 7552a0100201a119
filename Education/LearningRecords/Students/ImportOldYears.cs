using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Documents;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Students;

/// <param name="New">Years that were not there.</param>
/// <param name="Changed">Years that were there with other words.</param>
/// <param name="Written">False on a dry run, and when there were errors.</param>
public sealed record OldYearsAnswer(
    int New,
    int Changed,
    int Unchanged,
    IReadOnlyList<CellError> Errors,
    bool Written
);

/// <summary>
/// Takes the results of former years (Circular 58/2011/TT-BGDĐT, amended by 26/2020) from an Excel table into the records of the school's pupils:
/// as text, never computed anew. All or nothing; the same file again changes nothing.
/// </summary>
public sealed class ImportOldYears(
    LearningRecordsDb db,
    SchoolAccess access,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/education/schools/{school}/old-years",
                async (
                    string school,
                    bool? dryRun,
                    IFormFile file,
                    ImportOldYears feature,
                    CancellationToken cancel
                ) =>
                {
                    await using var content = file.OpenReadStream();
                    return await feature.Run(school, content, dryRun ?? false, cancel);
                }
            )
            .Requires(Permission.ManageSchool)
            // Called with a token; the page's own form goes through the page.
            .DisableAntiforgery()
            .WithMetadata(new RequestSizeLimitAttribute(Workbook.MaximumFileBytes + 65536));

    /// <param name="file">Seekable.</param>
    /// <exception cref="InvalidInput">It is no workbook, or has no such table.</exception>
    public async Task<OldYearsAnswer> Run(
        string school,
        Stream file,
        bool dryRun,
        CancellationToken cancel = default
    )
    {
        await access.Demand(Permission.ManageSchool, school);
        var (lines, errors) = OldYearsWorkbook.Read(file);
        var pupils = await Pupils(school, cancel);
        var ids = lines
            .Where(line => pupils.ContainsKey(line.Code))
            .Select(line => pupils[line.Code])
            .Distinct()
            .ToList();
        var known = (
            await db
                .OldYears.Include(year => year.Results)
                .Where(year => ids.Contains(year.StudentId))
                .AsSplitQuery()
                .ToListAsync(cancel)
        ).ToDictionary(year => (year.StudentId, year.Year));
        var assessed = (
            await db
                .Enrolments.Where(enrolment => ids.Contains(enrolment.StudentId))
                .Select(enrolment => new { enrolment.StudentId, enrolment.Year })
                .Distinct()
                .ToListAsync(cancel)
        )
            .Select(row => (row.StudentId, row.Year))
            .ToHashSet();
        var seen = new HashSet<(CitizenId, int)>();
        var (added, changed, unchanged) = (0, 0, 0);
        var replaced = new List<OldYear>();
        foreach (var line in lines)
        {
            if (Problem(line) is { } problem)
            {
                errors.Add(new(line.Cell, problem));
                continue;
            }
            var year = Of(line, pupils[line.Code]);
            if (!known.TryGetValue((year.StudentId, year.Year), out var before))
            {
                added++;
                db.OldYears.Add(year);
            }
            else if (!Same(before, year))
            {
                changed++;
                db.RemoveRange(before.Results.ToList());
                db.OldYears.Remove(before);
                replaced.Add(year);
            }
            else
            {
                unchanged++;
            }
        }
        var written = errors.Count == 0 && !dryRun;
        if (written)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            await db.SaveChangesAsync(cancel);
            // What takes a line's place has its key: out before in.
            db.OldYears.AddRange(replaced);
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
            await audit.Record(
                access.Caller,
                new AuditEntry(
                    AuditAction.Update,
                    $"School/{school}/old-years",
                    [.. ids.Select(id => id.ToString())]
                ),
                cancel
            );
        }
        db.ChangeTracker.Clear();
        return new(added, changed, unchanged, errors, written);

        string? Problem(OldYearLine line)
        {
            if (!pupils.TryGetValue(line.Code, out var pupil))
            {
                return T.Of(
                    $"Trường không có học sinh mã {line.Code}.",
                    $"The school has no pupil with the code {line.Code}."
                );
            }
            if (assessed.Contains((pupil, line.Year)))
            {
                return T.Of(
                    $"Năm học {line.Year} của học sinh đã có trong hệ thống.",
                    $"The pupil's school year {line.Year} is in the system itself."
                );
            }
            return seen.Add((pupil, line.Year))
                ? null
                : T.Of(
                    $"Học sinh {line.Code} có hai dòng cho năm {line.Year}.",
                    $"Pupil {line.Code} has two lines for {line.Year}."
                );
        }
    }

    private async Task<Dictionary<string, CitizenId>> Pupils(
        string school,
        CancellationToken cancel
    ) =>
        await db
            .Students.Where(student =>
                db.Enrolments.Any(enrolment =>
                    enrolment.StudentId == student.Id
                    && enrolment.SchoolCode == school
                    && enrolment.Present
                    && enrolment.Until == null
                )
            )
            .ToDictionaryAsync(student => student.Code, student => student.Id, cancel);

    private OldYear Of(OldYearLine line, CitizenId pupil)
    {
        var year = new OldYear
        {
            StudentId = pupil,
            Year = line.Year,
            Grade = line.Grade,
            Class = line.Class,
            School = line.School,
            RuleSet = line.RuleSet,
            Learning = line.Learning,
            Conduct = line.Conduct,
            Title = line.Title,
            Outcome = line.Outcome,
            ImportedAt = clock.GetUtcNow(),
            ImportedBy = access.Caller.Name,
        };
        year.Results.AddRange(
            line.Results.Select(
                (result, place) =>
                    new OldResult
                    {
                        StudentId = pupil,
                        Year = line.Year,
                        Subject = result.Subject,
                        Place = place,
                        Text = result.Text,
                    }
            )
        );
        return year;
    }

    private static bool Same(OldYear one, OldYear other) =>
        (
            one.Grade,
            one.Class,
            one.School,
            one.RuleSet,
            one.Learning,
            one.Conduct,
            one.Title,
            one.Outcome
        )
            == (
                other.Grade,
                other.Class,
                other.School,
                other.RuleSet,
                other.Learning,
                other.Conduct,
                other.Title,
                other.Outcome
            )
        && one.Results.OrderBy(result => result.Place)
            .Select(result => (result.Subject, result.Text))
            .SequenceEqual(other.Results.Select(result => (result.Subject, result.Text)));
}
