using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Access.Audit;

/// <param name="Person">A citizen's or patient's id.</param>
/// <param name="Who">The account id or client id, or a part of the name, of who did it.</param>
/// <param name="Day">A day in Viet Nam.</param>
/// <param name="Before">Rows before this sequence number: the next page.</param>
public sealed record AuditFilter(
    string? Person = null,
    string? Who = null,
    DateOnly? Day = null,
    long? Before = null
);

/// <summary>The audit trail for those who watch over it, newest first. Reading it leaves a row too.</summary>
public sealed class ReadAudit(AuditDb db, IAccess access, ICurrentCaller current, IAudit audit)
    : IFeature
{
    public const int PageSize = 100;

    public async Task<IReadOnlyList<AuditRow>> Run(
        AuditFilter filter,
        CancellationToken cancel = default
    )
    {
        access.Demand(current.Caller, Permission.ReadAudit);
        var rows = db.Rows.AsNoTracking().Include(row => row.Subjects).AsQueryable();
        if (filter.Person is { Length: > 0 } person)
        {
            rows = rows.Where(row => row.Subjects.Any(subject => subject.Subject == person));
        }
        if (filter.Who is { Length: > 0 } who)
        {
            rows = rows.Where(row => row.CallerId == who || row.CallerName.Contains(who));
        }
        if (filter.Day is { } day)
        {
            var from = new DateTimeOffset(day, TimeOnly.MinValue, VietnamTime.Offset);
            var to = from.AddDays(1);
            rows = rows.Where(row => row.At >= from && row.At < to);
        }
        if (filter.Before is { } before)
        {
            rows = rows.Where(row => row.Sequence < before);
        }
        var page = await rows.OrderByDescending(row => row.Sequence)
            .Take(PageSize)
            .ToListAsync(cancel);
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Read,
                $"audit?person={filter.Person}&who={filter.Who}&day={filter.Day:yyyy-MM-dd}",
                filter.Person is { Length: > 0 } about ? [about] : []
            ),
            cancel
        );
        return page;
    }
}
