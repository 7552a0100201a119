using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords.Assessment;

/// <param name="Old"><c>8.5</c>, <c>Đ</c>, <c>CĐ</c>; null when the cell was empty.</param>
/// <param name="New">Null when the cell was cleared.</param>
public sealed record MarkChangeView(
    DateTimeOffset At,
    string By,
    string? Old,
    string? New,
    string? Why
);

/// <summary>All that ever happened to one cell of a gradebook, the newest first: who, when, old, new, why.</summary>
public sealed class ReadMarkHistory(
    LearningRecordsDb db,
    SchoolAccess access,
    OpenGradebook gradebooks,
    IAudit audit
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/education/classes/{id:guid}/gradebook/{subject}/history",
                (
                    Guid id,
                    string subject,
                    int term,
                    Guid student,
                    Guid column,
                    ReadMarkHistory feature,
                    CancellationToken cancel
                ) => feature.Run(id, subject, term, new CitizenId(student), column, cancel)
            )
            .Requires(Permission.ReadLearningRecords);

    /// <exception cref="NotFound">The column is not of this gradebook.</exception>
    public async Task<IReadOnlyList<MarkChangeView>> Run(
        Guid classId,
        string subject,
        int term,
        CitizenId student,
        Guid column,
        CancellationToken cancel = default
    )
    {
        var schoolClass = await access.Class(classId, Permission.ReadLearningRecords, cancel);
        var (_, gradebook) = await gradebooks.Find(schoolClass, subject, term, cancel);
        if (gradebook.Columns.TrueForAll(known => known.Id != column))
        {
            throw new NotFound($"Column {column} of gradebook {subject}, term {term}");
        }
        var changes = await db
            .MarkChanges.AsNoTracking()
            .Where(change => change.StudentId == student && change.ColumnId == column)
            .ToListAsync(cancel);
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Read,
                $"Class/{classId}/gradebook/{subject}/{term}/history",
                [student.ToString()]
            ),
            cancel
        );
        return
        [
            // Ids are made in the order of time.
            .. changes
                .OrderByDescending(change => change.At)
                .ThenByDescending(change => change.Id)
                .Select(change => new MarkChangeView(
                    change.At,
                    change.ByName,
                    change.Old?.ToString(),
                    change.New?.ToString(),
                    change.Why
                )),
        ];
    }
}
