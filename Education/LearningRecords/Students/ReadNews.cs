using Education.LearningRecords.Assessment;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords.Students;

/// <param name="Label">ĐĐGtx 1, Mức giữa kì, …</param>
/// <param name="Value"><c>8.5</c>, <c>Đ</c>, <c>T</c>.</param>
/// <param name="At">When the pupil and the parents could see it first.</param>
public sealed record NewMark(
    Guid Student,
    string Subject,
    int Term,
    string Label,
    string Value,
    DateTimeOffset At
);

/// <summary>What has been published last of the own record and of the children's: marks as they appear, the newest first.</summary>
public sealed class ReadNews(
    LearningRecordsDb db,
    ReadRecord records,
    SchoolAccess access,
    IAudit audit
) : IFeature
{
    private const int MostPerPupil = 24;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/education/news",
                (ReadNews feature, CancellationToken cancel) => feature.Run(cancel)
            )
            .Requires(Permission.ReadLearningRecords);

    /// <summary>Empty for whoever is no pupil and no guardian.</summary>
    public async Task<IReadOnlyList<NewMark>> Run(CancellationToken cancel = default)
    {
        var news = new List<NewMark>();
        foreach (var pupil in await records.Own(cancel))
        {
            news.AddRange(await Of(pupil.Student, cancel));
        }
        return news;
    }

    private async Task<IEnumerable<NewMark>> Of(CitizenId student, CancellationToken cancel)
    {
        var year = await db
            .Enrolments.Where(enrolment => enrolment.StudentId == student)
            .MaxAsync(enrolment => (int?)enrolment.Year, cancel);
        var marks = await (
            from mark in db.Marks
            where mark.StudentId == student && mark.Value != null
            join column in db.MarkColumns on mark.ColumnId equals column.Id
            join gradebook in db.Gradebooks on column.GradebookId equals gradebook.Id
            where gradebook.PublishedAt != null
            join subject in db.ClassSubjects on gradebook.ClassSubjectId equals subject.Id
            join schoolClass in db.Classes on subject.ClassId equals schoolClass.Id
            where schoolClass.Year == year
            select new
            {
                subject.Name,
                subject.Kind,
                gradebook.Term,
                gradebook.PublishedAt,
                Column = column.Kind,
                column.Number,
                mark.Value,
                mark.ChangedAt,
            }
        ).ToListAsync(cancel);
        await audit.Record(
            access.Caller,
            new AuditEntry(AuditAction.Read, $"Student/{student}/news", [student.ToString()]),
            cancel
        );
        return marks
            .Where(mark => mark.Kind is not AssessmentKind.Trait)
            .OrderByDescending(mark => Later(mark.PublishedAt!.Value, mark.ChangedAt))
            .ThenBy(mark => mark.Name, VietnameseNames.Order)
            .ThenBy(mark => mark.Column.Place())
            .ThenBy(mark => mark.Number)
            .Take(MostPerPupil)
            .Select(mark => new NewMark(
                student.Value,
                mark.Name,
                mark.Term,
                OpenGradebook.Label(mark.Kind, mark.Column, mark.Number),
                mark.Value!.Value.ToString(),
                Later(mark.PublishedAt!.Value, mark.ChangedAt)
            ));

        static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) =>
            one > other ? one : other;
    }
}
