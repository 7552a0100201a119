using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Students;

/// <param name="Category">Code of <see cref="PolicyCategories"/>.</param>
/// <param name="From">First day; null for today.</param>
/// <param name="Evidence">The paper that proves it: number, issuer.</param>
public sealed record PolicyRequest(string Category, DateOnly? From = null, string? Evidence = null);

/// <summary>The policy categories of a pupil, kept by the school where the pupil is: dated, with the paper that proves them.</summary>
public sealed class RecordPolicy(
    LearningRecordsDb db,
    SchoolAccess access,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        const string path = "/education/students/{id:guid}/policies";
        routes
            .MapGet(
                path,
                (Guid id, RecordPolicy feature, CancellationToken cancel) =>
                    feature.Read(new CitizenId(id), cancel)
            )
            .Requires(Permission.ManageSchool);
        routes
            .MapPost(
                path,
                async (
                    Guid id,
                    PolicyRequest request,
                    RecordPolicy feature,
                    CancellationToken cancel
                ) =>
                {
                    var policy = await feature.Run(new CitizenId(id), request, cancel);
                    return Results.Created($"/education/students/{id}/policies", policy);
                }
            )
            .Requires(Permission.ManageSchool);
        routes
            .MapDelete(
                path + "/{policy:guid}",
                async (Guid id, Guid policy, RecordPolicy feature, CancellationToken cancel) =>
                {
                    await feature.End(new CitizenId(id), policy, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ManageSchool);
    }

    public async Task<IReadOnlyList<StudentPolicy>> Read(
        CitizenId student,
        CancellationToken cancel = default
    )
    {
        await Demand(student, cancel);
        await Audit(AuditAction.Read, student);
        return await db
            .StudentPolicies.AsNoTracking()
            .Where(policy => policy.StudentId == student)
            .OrderBy(policy => policy.From)
            .ToListAsync(cancel);
    }

    /// <exception cref="Conflict">The category holds already.</exception>
    public async Task<StudentPolicy> Run(
        CitizenId student,
        PolicyRequest request,
        CancellationToken cancel = default
    )
    {
        await Demand(student, cancel);
        if (PolicyCategories.Find(request.Category) is null)
        {
            throw new InvalidInput(
                "category",
                $"One of {string.Join(", ", PolicyCategories.All.Select(known => known.Code))}."
            );
        }
        if (request.Evidence?.Length > 200)
        {
            throw new InvalidInput("evidence", "At most 200 characters.");
        }
        if (
            await db.StudentPolicies.AnyAsync(
                known =>
                    known.StudentId == student
                    && known.Category == request.Category
                    && known.Until == null,
                cancel
            )
        )
        {
            throw new Conflict(
                T.Of("Học sinh đã có diện này.", "The pupil has this category already.")
            );
        }
        var policy = new StudentPolicy
        {
            StudentId = student,
            Category = request.Category,
            From = request.From ?? clock.Today(),
            Evidence = string.IsNullOrWhiteSpace(request.Evidence) ? null : request.Evidence.Trim(),
            RecordedBy = access.Caller.Name,
        };
        db.StudentPolicies.Add(policy);
        await db.SaveChangesAsync(cancel);
        await Audit(AuditAction.Create, student);
        return policy;
    }

    /// <summary>The category holds until today; what it held for stays.</summary>
    public async Task End(CitizenId student, Guid id, CancellationToken cancel = default)
    {
        await Demand(student, cancel);
        var policy =
            await db.StudentPolicies.FirstOrDefaultAsync(
                known => known.Id == id && known.StudentId == student,
                cancel
            ) ?? throw new NotFound($"Policy {id}");
        policy.Until ??= clock.Today();
        await db.SaveChangesAsync(cancel);
        await Audit(AuditAction.Update, student);
    }

    /// <exception cref="NotFound">The person is at no school now.</exception>
    private async Task Demand(CitizenId student, CancellationToken cancel)
    {
        var schools = await db
            .Enrolments.Where(enrolment =>
                enrolment.StudentId == student && enrolment.Present && enrolment.Until == null
            )
            .Select(enrolment => enrolment.SchoolCode)
            .Distinct()
            .ToListAsync(cancel);
        if (schools.Count == 0)
        {
            throw new NotFound($"Pupil {student} at a school");
        }
        if (!schools.Exists(school => access.May(Permission.ManageSchool, school)))
        {
            await access.Refuse(Permission.ManageSchool, $"Student/{student}/policies", student);
        }
    }

    /// <summary>Which category it is says something of health or need, and stays out of the trail.</summary>
    private async Task Audit(AuditAction action, CitizenId student) =>
        await audit.Record(
            access.Caller,
            new AuditEntry(action, $"Student/{student}/policies", [student.ToString()])
        );
}
