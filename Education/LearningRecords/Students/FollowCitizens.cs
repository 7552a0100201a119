using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace Education.LearningRecords.Students;

/// <summary>
/// Keeps what a school reads about its pupils as the register knows it, when the register merges, separates or corrects people. A pupil's
/// record stays under the id it was opened with: whose it is, is asked (<see cref="ICitizens.RecordsOf"/>), so a merge moves nothing.
/// </summary>
public sealed class FollowCitizens(ICitizens citizens, LearningRecordsDb db, ICurrentCaller current)
    : IHandle<CitizensMerged>,
        IHandle<CitizensUnmerged>,
        IHandle<CitizenCorrected>
{
    public Task Handle(CitizensMerged happened, CancellationToken cancel) =>
        Follow([happened.Survivor, happened.Replaced], cancel);

    public Task Handle(CitizensUnmerged happened, CancellationToken cancel) =>
        Follow([happened.Survivor, happened.Separated], cancel);

    public Task Handle(CitizenCorrected happened, CancellationToken cancel) =>
        Follow([happened.Citizen], cancel);

    private async Task Follow(CitizenId[] changed, CancellationToken cancel)
    {
        if (!current.Caller.IsSignedIn)
        {
            current.Become(Caller.TheSystem);
        }
        foreach (var id in changed)
        {
            // Another host may follow an older event at the same time and write last; whoever wrote looks whether it still holds.
            for (var told = await Known(id, cancel); told is not null; )
            {
                await Write(told, cancel);
                var now = await Known(id, cancel);
                told = told.Holds(now) ? null : now;
            }
        }
    }

    private async Task Write(Told told, CancellationToken cancel)
    {
        var pupils = await db
            .Students.Where(student => told.Records.Contains(student.Id))
            .ToListAsync(cancel);
        pupils.ForEach(pupil => pupil.Follow(told.Citizen));
        await db.SaveChangesAsync(cancel);
        db.ChangeTracker.Clear();
    }

    private async Task<Told?> Known(CitizenId id, CancellationToken cancel) =>
        await citizens.RecordsOf(id, cancel) is { } records
        && await citizens.Find(records.Survivor, cancel) is { } citizen
            ? new([.. records.All], citizen)
            : null;

    private sealed record Told(List<CitizenId> Records, Citizen Citizen)
    {
        public bool Holds(Told? now) =>
            now is not null && Citizen == now.Citizen && Records.ToHashSet().SetEquals(now.Records);
    }
}
