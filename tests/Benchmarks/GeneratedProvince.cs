using System.Globalization;
using Education.LearningRecords;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Schools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;
using SharedKernel.Contracts;

namespace Benchmarks;

/// <summary>
/// Lower-secondary schools of 25 classes with 40 pupils each and a full year of marks, the same by seed. Structure is made by the features
/// themselves, pupils and marks are copied in, in the order in which a year would write them.
/// </summary>
public sealed class GeneratedProvince(IServiceProvider services, string connection)
{
    public const int Year = 2025;
    public const int ClassesPerSchool = 25;
    public const int PupilsPerClass = 40;

    /// <summary>The subject whose gradebooks are left unpublished, for the one who measures publishing.</summary>
    public const string Unpublished = "TOAN";

    private static readonly DateTimeOffset Written = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);

    private readonly Random random = new(942);

    public static string Code(int school) => $"79{school:D8}";

    /// <summary>Adds schools <paramref name="from"/> until before <paramref name="to"/>.</summary>
    /// <returns>How many marks were written.</returns>
    public async Task<long> Grow(int from, int to)
    {
        await using var db = new NpgsqlConnection(connection);
        await db.OpenAsync();
        // The rows are right by construction; checking twelve million references one by one would be all that is measured.
        await Execute(db, "SET session_replication_role = replica");
        var marks = 0L;
        for (var school = from; school < to; school++)
        {
            marks += await School(db, school);
        }
        await Execute(db, "ANALYZE");
        return marks;
    }

    private async Task<long> School(NpgsqlConnection copy, int school)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        var db = scope.ServiceProvider.GetRequiredService<LearningRecordsDb>();
        var code = Code(school);
        await scope
            .ServiceProvider.GetRequiredService<RegisterSchool>()
            .Run(new(code, $"Trường THCS số {school}", SchoolLevel.LowerSecondary));
        await scope
            .ServiceProvider.GetRequiredService<PlanSchoolYear>()
            .Run(code, new(Year, new(Year, 9, 5), new(Year + 1, 1, 18), new(Year + 1, 5, 31)));
        var open = scope.ServiceProvider.GetRequiredService<OpenClass>();
        var classes = new List<SchoolClass>();
        for (var i = 0; i < ClassesPerSchool; i++)
        {
            var grade = 6 + i % 4;
            classes.Add(open.Add(code, new(Year, grade, $"{grade}A{i / 4 + 1}")));
        }
        await db.SaveChangesAsync();
        var columns = await (
            from subject in db.ClassSubjects
            where classes.Select(known => known.Id).Contains(subject.ClassId)
            join gradebook in db.Gradebooks on subject.Id equals gradebook.ClassSubjectId
            join column in db.MarkColumns on gradebook.Id equals column.GradebookId
            orderby gradebook.Term, column.Kind, column.Number, subject.Id
            select new
            {
                subject.ClassId,
                subject.Kind,
                column.Id,
            }
        ).ToListAsync();
        var pupils = classes.ToDictionary(
            known => known.Id,
            _ =>
                Enumerable
                    .Range(0, PupilsPerClass)
                    .Select(_ => (Id: NewId(), Level: Level()))
                    .ToList()
        );
        var all = pupils.SelectMany(known => known.Value.Select(pupil => (known.Key, pupil.Id)));
        await Copy(
            copy,
            "students (\"Id\", \"Code\", \"FullName\", \"BirthDate\", \"Sex\", \"Ethnicity\")",
            all,
            (row, pupil) =>
            {
                row.Write(pupil.Id, NpgsqlDbType.Uuid);
                row.Write(pupil.Id.ToString("N"));
                row.Write($"Nguyễn Văn {pupil.Id.ToString("N")[..6]}");
                row.Write("2013-05-06");
                row.Write(random.Next(1, 3));
                row.Write("01");
            }
        );
        await Copy(
            copy,
            "guardians (\"StudentId\", \"CitizenId\", \"From\")",
            all,
            (row, pupil) =>
            {
                row.Write(pupil.Id, NpgsqlDbType.Uuid);
                row.Write(NewId(), NpgsqlDbType.Uuid);
                row.Write(new DateOnly(Year, 9, 5));
            }
        );
        await Copy(
            copy,
            "enrolments (\"Id\", \"StudentId\", \"SchoolCode\", \"Year\", \"ClassId\", \"Status\", \"Present\", \"From\")",
            all,
            (row, pupil) =>
            {
                row.Write(Guid.CreateVersion7(), NpgsqlDbType.Uuid);
                row.Write(pupil.Id, NpgsqlDbType.Uuid);
                row.Write(code);
                row.Write(Year);
                row.Write(pupil.Key, NpgsqlDbType.Uuid);
                row.Write(1);
                row.Write(true);
                row.Write(new DateOnly(Year, 9, 5));
            }
        );
        await Copy(
            copy,
            "term_conducts (\"StudentId\", \"Year\", \"Term\", \"ClassId\", \"Level\", \"Absences\", \"PublishedAt\", \"Version\", \"ChangedAt\", \"ChangedBy\")",
            all.SelectMany(pupil => new[] { (pupil, Term: 1), (pupil, Term: 2) }),
            (row, at) =>
            {
                row.Write(at.pupil.Id, NpgsqlDbType.Uuid);
                row.Write(Year);
                row.Write(at.Term);
                row.Write(at.pupil.Key, NpgsqlDbType.Uuid);
                row.Write(random.Next(1, 4));
                row.Write(random.Next(4));
                row.Write(Written, NpgsqlDbType.TimestampTz);
                row.Write(1);
                row.Write(Written, NpgsqlDbType.TimestampTz);
                row.Write("generated");
            }
        );
        var cells = columns.SelectMany(column =>
            pupils[column.ClassId].Select(pupil => (column, pupil))
        );
        var count = await Copy(
            copy,
            "marks (\"StudentId\", \"ColumnId\", \"Value\", \"Version\", \"ChangedAt\", \"ChangedBy\")",
            cells,
            (row, cell) =>
            {
                row.Write(cell.pupil.Id, NpgsqlDbType.Uuid);
                row.Write(cell.column.Id, NpgsqlDbType.Uuid);
                row.Write(Mark(cell.column.Kind, cell.pupil.Level).Code);
                row.Write(1);
                row.Write(Written, NpgsqlDbType.TimestampTz);
                row.Write("generated");
            }
        );
        await Execute(
            copy,
            $"""
            UPDATE education.gradebooks g SET "PublishedAt" = '2026-05-31Z', "PublishedBy" = 'generated'
            FROM education.class_subjects s JOIN education.classes c ON c."Id" = s."ClassId"
            WHERE g."ClassSubjectId" = s."Id" AND c."SchoolCode" = '{code}' AND s."Subject" <> '{Unpublished}'
            """
        );
        return count;
    }

    private Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private double Level() =>
        Math.Clamp(7.2 + 1.4 * (random.NextDouble() + random.NextDouble() - 1), 3, 10);

    private MarkValue Mark(AssessmentKind kind, double level) =>
        kind is AssessmentKind.Comment
            ? random.Next(250) == 0
                ? MarkValue.NotPassed
                : MarkValue.Passed
            : MarkValue.Of(
                Math.Round((decimal)Math.Clamp(level + 3 * (random.NextDouble() - 0.5), 0, 10), 1)
            );

    private static async Task<long> Copy<TRow>(
        NpgsqlConnection db,
        string table,
        IEnumerable<TRow> rows,
        Action<NpgsqlBinaryImporter, TRow> write
    )
    {
        await using var copy = await db.BeginBinaryImportAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"COPY education.{table} FROM STDIN (FORMAT BINARY)"
            )
        );
        foreach (var row in rows)
        {
            await copy.StartRowAsync();
            write(copy, row);
        }
        return (long)await copy.CompleteAsync();
    }

    private static async Task Execute(NpgsqlConnection db, string sql)
    {
        await using var command = new NpgsqlCommand(sql, db) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync();
    }
}
