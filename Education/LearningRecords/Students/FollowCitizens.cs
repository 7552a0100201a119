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
            if (await citizens.RecordsOf(id, cancel) is not { } records)
            {
                continue;
            }
            var ids = records.All.ToList();
            var pupils = await db
                .Students.Where(student => ids.Contains(student.Id))
                .ToListAsync(cancel);
            if (pupils.Count > 0 && await citizens.Find(records.Survivor, cancel) is { } citizen)
            {
                pupils.ForEach(pupil => pupil.Follow(citizen));
                await db.SaveChangesAsync(cancel);
            }
        }
    }
}
