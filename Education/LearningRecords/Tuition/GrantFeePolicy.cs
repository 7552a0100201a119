using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Tuition;

/// <param name="Policy">Code of <see cref="FeePolicies"/>.</param>
/// <param name="From">First day.</param>
/// <param name="Until">Last day; null while it holds.</param>
/// <param name="Evidence">The paper: PDF, JPEG or PNG, at most 2 MB.</param>
public sealed record FeeGrantRequest(
    string Policy,
    DateOnly From,
    DateOnly? Until,
    string EvidenceName,
    byte[] Evidence
);

/// <param name="Reason">Needed for a refusal.</param>
public sealed record FeeDecision(bool Approve, string? Reason = null);

/// <summary>
/// A pupil's right to pay less (Decree 238/2025/NĐ-CP): the homeroom teacher or the school enters it with the family's paper, and
/// somebody else of the school's management decides. Only what is approved is counted.
/// </summary>
public sealed class GrantFeePolicy(
    LearningRecordsDb db,
    SchoolAccess access,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public const int MostBytes = 2 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/education/students/{id:guid}/fee-policies",
                async (
                    Guid id,
                    FeeGrantRequest request,
                    GrantFeePolicy feature,
                    CancellationToken cancel
                ) =>
                {
                    var grant = await feature.Run(new CitizenId(id), request, cancel);
                    return Results.Created($"/education/fee-policies/{grant.Id}", grant);
                }
            )
            .Requires(Permission.WriteMarks);
        routes
            .MapPost(
                "/education/fee-policies/{id:guid}/decision",
                async (
                    Guid id,
                    FeeDecision decision,
                    GrantFeePolicy feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Decide(id, decision, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ManageSchool);
        routes
            .MapGet(
                "/education/fee-policies/{id:guid}/evidence",
                async (Guid id, GrantFeePolicy feature, CancellationToken cancel) =>
                {
                    var (grant, content) = await feature.Evidence(id, cancel);
                    return Results.File(content, grant.EvidenceType, grant.EvidenceName);
                }
            )
            .Requires(Permission.ManageSchool);
        routes
            .MapGet(
                "/education/schools/{school}/fee-policies",
                (string school, GrantFeePolicy feature, CancellationToken cancel) =>
                    feature.List(school, cancel)
            )
            .Requires(Permission.ManageSchool);
    }

    /// <summary>Those of the school's pupils, what waits first.</summary>
    public async Task<IReadOnlyList<NamedGrant>> List(
        string school,
        CancellationToken cancel = default
    )
    {
        await access.Demand(Permission.ManageSchool, school);
        var found = await (
            from grant in db.FeeGrants.AsNoTracking()
            join student in db.Students on grant.StudentId equals student.Id
            where grant.SchoolCode == school
            orderby grant.State, student.FullName, grant.From
            select new { grant, student.FullName }
        ).ToListAsync(cancel);
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Read,
                $"School/{school}/fee-policies",
                [.. found.Select(one => one.grant.StudentId.ToString()).Distinct()]
            ),
            cancel
        );
        return [.. found.Select(one => new NamedGrant(one.grant, one.FullName))];
    }

    /// <exception cref="AccessDenied">Neither the homeroom teacher nor the school's management.</exception>
    /// <exception cref="Conflict">The policy is held or waits already for some of these days.</exception>
    public async Task<FeeGrant> Run(
        CitizenId student,
        FeeGrantRequest request,
        CancellationToken cancel = default
    )
    {
        var classId =
            await db
                .Enrolments.Where(row =>
                    row.StudentId == student && row.Present && row.Until == null
                )
                .OrderByDescending(row => row.From)
                .Select(row => (Guid?)row.ClassId)
                .FirstOrDefaultAsync(cancel)
            ?? throw new NotFound($"Pupil {student} at a school");
        var schoolClass = await db.Classes.SingleAsync(known => known.Id == classId, cancel);
        if (!await access.MayWriteConduct(schoolClass, cancel))
        {
            await access.Refuse(
                Permission.ManageSchool,
                $"Student/{student}/fee-policies",
                student
            );
        }
        var type = Check(request);
        var held = await db.FeeGrants.AnyAsync(
            known =>
                known.StudentId == student
                && known.SchoolCode == schoolClass.SchoolCode
                && known.Policy == request.Policy
                && known.State != FeeGrantState.Refused
                && (known.Until == null || known.Until >= request.From)
                && (request.Until == null || known.From <= request.Until),
            cancel
        );
        if (held)
        {
            throw new Conflict(
                T.Of(
                    "Học sinh đã có hoặc đang chờ duyệt chính sách này trong thời gian đó.",
                    "The pupil has this policy, or waits for it, in these days."
                )
            );
        }
        var grant = new FeeGrant
        {
            StudentId = student,
            SchoolCode = schoolClass.SchoolCode,
            Policy = request.Policy,
            From = request.From,
            Until = request.Until,
            EnteredById = access.Caller.Id,
            EnteredBy = access.Caller.Name,
            EnteredAt = clock.GetUtcNow(),
            EvidenceName = Path.GetFileName(request.EvidenceName.Trim()),
            EvidenceType = type,
        };
        db.FeeGrants.Add(grant);
        db.FeeEvidence.Add(new FeeEvidence { GrantId = grant.Id, Content = request.Evidence });
        await db.SaveChangesAsync(cancel);
        await Audit(AuditAction.Create, grant, cancel);
        return grant;
    }

    /// <exception cref="Conflict">It is decided already, or the caller has entered it.</exception>
    public async Task Decide(Guid id, FeeDecision decision, CancellationToken cancel = default)
    {
        var grant = await Find(id, cancel);
        if (grant.State is not FeeGrantState.Waiting)
        {
            throw new Conflict(T.Of("Đã có quyết định.", "It is decided already."));
        }
        if (grant.EnteredById == access.Caller.Id)
        {
            throw new Conflict(
                T.Of(
                    "Người nhập hồ sơ không tự duyệt; cần một người khác.",
                    "Whoever entered it does not approve it; somebody else must."
                )
            );
        }
        if (
            decision.Reason?.Length > 200
            || (!decision.Approve && string.IsNullOrWhiteSpace(decision.Reason))
        )
        {
            throw new InvalidInput(
                "reason",
                T.Of(
                    "ghi lý do từ chối, tối đa 200 ký tự.",
                    "say why it is refused, in at most 200 characters."
                )
            );
        }
        grant.State = decision.Approve ? FeeGrantState.Approved : FeeGrantState.Refused;
        grant.DecidedById = access.Caller.Id;
        grant.DecidedBy = access.Caller.Name;
        grant.DecidedAt = clock.GetUtcNow();
        grant.Reason = decision.Reason?.Trim();
        grant.Revision++;
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new Conflict(T.Of("Đã có quyết định.", "It is decided already."));
        }
        await Audit(AuditAction.Update, grant, cancel);
    }

    public async Task<(FeeGrant Grant, byte[] Content)> Evidence(
        Guid id,
        CancellationToken cancel = default
    )
    {
        var grant = await Find(id, cancel);
        var paper = await db
            .FeeEvidence.AsNoTracking()
            .SingleAsync(known => known.GrantId == id, cancel);
        await Audit(AuditAction.Read, grant, cancel);
        return (grant, paper.Content);
    }

    private async Task<FeeGrant> Find(Guid id, CancellationToken cancel)
    {
        var grant =
            await db.FeeGrants.FirstOrDefaultAsync(known => known.Id == id, cancel)
            ?? throw new NotFound($"Fee policy {id}");
        await access.Demand(Permission.ManageSchool, grant.SchoolCode);
        return grant;
    }

    /// <summary>The media type of the paper, told by its first bytes and not by its name.</summary>
    private static string Check(FeeGrantRequest request)
    {
        var errors = new List<FieldError>();
        if (!FeePolicies.AppliedFor.Any(policy => policy.Code == request.Policy))
        {
            errors.Add(
                new(
                    "policy",
                    T.Of("một trong ", "one of ")
                        + string.Join(", ", FeePolicies.AppliedFor.Select(policy => policy.Code))
                )
            );
        }
        if (request.Until < request.From || request.From.Year is < 2000 or > 2100)
        {
            errors.Add(
                new(
                    "until",
                    T.Of("ngày cuối phải sau ngày đầu.", "the last day comes after the first.")
                )
            );
        }
        if (request.EvidenceName?.Trim().Length is null or 0 or > 200)
        {
            errors.Add(new("evidenceName", T.Of("cần tên tệp.", "needs the file's name.")));
        }
        ReadOnlySpan<byte> content = request.Evidence ?? [];
        var type =
            content.Length > MostBytes ? null
            : content.StartsWith("%PDF-"u8) ? "application/pdf"
            : content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg"
            : content.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47]) ? "image/png"
            : null;
        if (type is null)
        {
            errors.Add(
                new(
                    "evidence",
                    T.Of(
                        "minh chứng là tệp PDF, JPEG hoặc PNG, tối đa 2 MB.",
                        "the paper is a PDF, JPEG or PNG of at most 2 MB."
                    )
                )
            );
        }
        return errors.Count == 0 ? type! : throw new InvalidInput(errors);
    }

    /// <summary>Which policy it is says something of health or need, and stays out of the trail.</summary>
    private ValueTask Audit(AuditAction action, FeeGrant grant, CancellationToken cancel) =>
        audit.Record(
            access.Caller,
            new AuditEntry(action, $"FeePolicy/{grant.Id}", [grant.StudentId.ToString()]),
            cancel
        );
}

public sealed record NamedGrant(FeeGrant Grant, string Name)
{
    public FeePolicy Policy => FeePolicies.Find(Grant.Policy)!;
}
