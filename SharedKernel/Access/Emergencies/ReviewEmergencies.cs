using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Access.Audit;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace SharedKernel.Access.Emergencies;

/// <summary>The data protection officer's list: every emergency access, what was looked at in it, and whether it was right.</summary>
public sealed class ReviewEmergencies(
    AccessDb db,
    AuditDb trail,
    IAccess access,
    ICurrentCaller current,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public const int PageSize = 50;

    /// <param name="Looks">Rows of the audit trail about this person by who opened it, while it was open.</param>
    public sealed record Item(
        Guid Id,
        string Patient,
        string Name,
        string? Organisation,
        EmergencyReason Reason,
        string Text,
        DateTimeOffset Opened,
        DateTimeOffset Ends,
        bool IsOpen,
        int Looks,
        EmergencyVerdict? Verdict,
        string? ReviewNote,
        string? Reviewer,
        DateTimeOffset? Reviewed
    );

    public sealed record Review(EmergencyVerdict Verdict, string? Note);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/api/emergencies",
                (bool? reviewed, ReviewEmergencies feature, CancellationToken cancel) =>
                    feature.List(reviewed ?? false, cancel)
            )
            .Requires(Permission.ReviewEmergencies);
        routes
            .MapPost(
                "/api/emergencies/{id:guid}/review",
                async (
                    Guid id,
                    Review review,
                    ReviewEmergencies feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Decide(id, review, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ReviewEmergencies);
    }

    /// <returns>The latest 50, those of which nobody has judged or those that were.</returns>
    public async Task<IReadOnlyList<Item>> List(bool reviewed, CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.ReviewEmergencies);
        var rows = await db
            .Emergencies.AsNoTracking()
            .Where(row => (row.Verdict != null) == reviewed)
            .OrderByDescending(row => row.Opened)
            .Take(PageSize)
            .ToListAsync(cancel);
        var now = clock.GetUtcNow();
        var items = new List<Item>();
        foreach (var row in rows)
        {
            items.Add(
                new(
                    row.Id,
                    row.Patient,
                    row.Name,
                    row.Organisation,
                    row.Reason,
                    row.Text,
                    row.Opened,
                    row.Ends,
                    row.IsOpen(now),
                    await Looks(row, cancel),
                    row.Verdict,
                    row.ReviewNote,
                    row.Reviewer,
                    row.Reviewed
                )
            );
        }
        await audit.Record(
            current.Caller,
            new(AuditAction.Read, "Emergency", [.. rows.Select(row => row.Patient).Distinct()]),
            cancel
        );
        return items;
    }

    /// <exception cref="NotFound">There is no such emergency.</exception>
    /// <exception cref="Conflict">It was judged already.</exception>
    /// <exception cref="InvalidInput">What was not justified says why.</exception>
    public async Task Decide(Guid id, Review review, CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.ReviewEmergencies);
        var note = review.Note?.Trim();
        if (review.Verdict is EmergencyVerdict.NotJustified && string.IsNullOrEmpty(note))
        {
            throw new InvalidInput(
                "note",
                T.Of("Hãy ghi vì sao không chính đáng.", "Say why it was not justified.")
            );
        }
        if (note?.Length > EmergencyAccess.LongestText)
        {
            throw new InvalidInput(
                "note",
                T.Of(
                    $"Tối đa {EmergencyAccess.LongestText} ký tự.",
                    $"At most {EmergencyAccess.LongestText} characters."
                )
            );
        }
        // In one statement, so that of two who judge at once one is told.
        var (reviewer, now) = (current.Caller.Name, clock.GetUtcNow());
        var decided = await db
            .Emergencies.Where(row => row.Id == id && row.Verdict == null)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(row => row.Verdict, review.Verdict)
                        .SetProperty(row => row.ReviewNote, note)
                        .SetProperty(row => row.Reviewer, reviewer)
                        .SetProperty(row => row.Reviewed, now),
                cancel
            );
        var row =
            await db.Emergencies.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel)
            ?? throw new NotFound($"Emergency {id}");
        if (decided == 0)
        {
            throw new Conflict(
                T.Of(
                    $"{row.Reviewer} đã xem xét lần mở này.",
                    $"{row.Reviewer} has reviewed this already."
                )
            );
        }
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Update,
                $"Emergency/{id}",
                [row.Patient],
                Detail: $"reviewed: {review.Verdict}"
            ),
            cancel
        );
    }

    private Task<int> Looks(EmergencyAccess row, CancellationToken cancel)
    {
        var (account, patient, from, to) = (row.Account, row.Patient, row.Opened, row.Ends);
        return trail
            .Rows.Where(entry =>
                entry.CallerId == account
                && entry.At >= from
                && entry.At <= to
                && entry.Action == AuditAction.Read
                && entry.Subjects.Any(subject => subject.Subject == patient)
            )
            .CountAsync(cancel);
    }
}
