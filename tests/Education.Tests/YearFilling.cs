using Education.LearningRecords;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Schools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;

namespace Education.Tests;

/// <summary>Writes whole school years past the front door, which the tests of typing go through.</summary>
public static class YearFilling
{
    /// <summary>Every cell of the pupil's year in every gradebook of the class.</summary>
    /// <param name="valueOf">Subject and what the cell takes to its text.</param>
    public static async Task FillYear(
        this IServiceProvider services,
        Guid classId,
        CitizenId pupil,
        Func<string, ValueKind, string> valueOf
    )
    {
        var db = services.GetRequiredService<LearningRecordsDb>();
        var cells = await (
            from subject in db.ClassSubjects
            where subject.ClassId == classId
            join gradebook in db.Gradebooks on subject.Id equals gradebook.ClassSubjectId
            join column in db.MarkColumns on gradebook.Id equals column.GradebookId
            select new
            {
                subject.Subject,
                subject.Kind,
                Column = column,
            }
        ).ToListAsync();
        foreach (var cell in cells)
        {
            var takes = cell.Column.Kind.Takes(cell.Kind);
            Assert.True(MarkValue.TryParse(valueOf(cell.Subject, takes), takes, out var value));
            var known = await db.Marks.FindAsync(pupil, cell.Column.Id);
            if (known is not null)
            {
                known.Value = value;
                continue;
            }
            db.Marks.Add(
                new Mark
                {
                    StudentId = pupil,
                    ColumnId = cell.Column.Id,
                    Value = value,
                    Version = 1,
                    ChangedAt = DateTimeOffset.UnixEpoch,
                    ChangedBy = "test",
                }
            );
        }
        await db.SaveChangesAsync();
    }

    public static async Task Judge(
        this IServiceProvider services,
        Guid classId,
        CitizenId pupil,
        Level? term1,
        Level? term2,
        int absences = 0
    )
    {
        var conduct = services.GetRequiredService<RecordConduct>();
        await conduct.Run(classId, 1, [new(pupil.Value, term1, absences, null, 0)]);
        await conduct.Run(classId, 2, [new(pupil.Value, term2, 0, null, 0)]);
    }

    /// <summary>The whole number or the letter that means as much as <paramref name="points"/>.</summary>
    public static string Good(ValueKind takes) =>
        takes switch
        {
            ValueKind.Points or ValueKind.WholePoints => "9",
            ValueKind.Passed => "Đ",
            _ => "T",
        };

    /// <summary>A school with its years planned.</summary>
    public static async Task<string> Plan(
        this IServiceProvider services,
        string code,
        SchoolLevel level,
        params int[] years
    )
    {
        await services.GetRequiredService<RegisterSchool>().Run(new(code, $"Trường {code}", level));
        foreach (var year in years)
        {
            await services
                .GetRequiredService<PlanSchoolYear>()
                .Run(code, new(year, new(year, 9, 5), new(year + 1, 1, 18), new(year + 1, 5, 31)));
        }
        return code;
    }
}
