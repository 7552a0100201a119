using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Tuition;

/// <param name="From">Month, <c>2026-09</c>.</param>
/// <param name="Until">Last month; null until it is said.</param>
public sealed record FeeChoiceRequest(
    string Item,
    IReadOnlyList<Guid> Students,
    string From,
    string? Until = null
);

/// <summary>Pupils take a service that is only for those who choose it, from a month on; who takes it already is ended or goes on as the request says.</summary>
public sealed class ChooseService(LearningRecordsDb db, SchoolAccess access, IAudit audit)
    : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/education/schools/{school}/fees/{year:int}/choices",
                async (
                    string school,
                    int year,
                    FeeChoiceRequest request,
                    ChooseService feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(school, year, request, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ManageSchool);

    /// <exception cref="InvalidInput">The item is not to be chosen, or a pupil is not of the school's year.</exception>
    public async Task Run(
        string school,
        int year,
        FeeChoiceRequest request,
        CancellationToken cancel = default
    )
    {
        await access.Demand(Permission.ManageSchool, school);
        var from = PublishFeePlan.Month("from", request.From);
        DateOnly? until = string.IsNullOrWhiteSpace(request.Until)
            ? null
            : PublishFeePlan.Month("until", request.Until);
        if (until < from)
        {
            throw new InvalidInput(
                "until",
                T.Of("tháng cuối phải sau tháng đầu.", "the last month comes after the first.")
            );
        }
        if (
            !await db.FeePlans.AnyAsync(
                plan =>
                    plan.SchoolCode == school
                    && plan.Year == year
                    && plan.Items.Any(item => item.Code == request.Item && item.Chosen),
                cancel
            )
        )
        {
            throw new InvalidInput(
                "item",
                T.Of(
                    "không có khoản tự chọn này trong mức thu đã công bố.",
                    "no published plan has this item for chosen pupils."
                )
            );
        }
        var wanted = (request.Students ?? []).Select(id => new CitizenId(id)).Distinct().ToList();
        var pupils = await db
            .Enrolments.Where(row =>
                row.SchoolCode == school && row.Year == year && wanted.Contains(row.StudentId)
            )
            .Select(row => row.StudentId)
            .Distinct()
            .CountAsync(cancel);
        if (wanted.Count == 0 || pupils != wanted.Count)
        {
            throw new InvalidInput(
                "students",
                T.Of(
                    "hãy chọn học sinh của trường trong năm học này.",
                    "choose pupils of this school and year."
                )
            );
        }
        var known = await db
            .FeeChoices.Where(choice =>
                choice.SchoolCode == school
                && choice.Year == year
                && choice.Item == request.Item
                && wanted.Contains(choice.StudentId)
                && choice.From == from
            )
            .ToListAsync(cancel);
        foreach (var student in wanted)
        {
            if (known.Find(choice => choice.StudentId == student) is { } one)
            {
                one.Until = until;
                continue;
            }
            db.FeeChoices.Add(
                new FeeChoice
                {
                    SchoolCode = school,
                    Year = year,
                    Item = request.Item,
                    StudentId = student,
                    From = from,
                    Until = until,
                    By = access.Caller.Name,
                }
            );
        }
        await db.SaveChangesAsync(cancel);
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Update,
                $"School/{school}/fees/{year}/{request.Item}",
                [.. wanted.Select(student => student.ToString())]
            ),
            cancel
        );
    }
}
