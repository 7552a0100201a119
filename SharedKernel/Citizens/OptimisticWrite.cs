using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace SharedKernel.Citizens;

/// <summary>
/// Reads, changes and saves; and reads again when somebody else saved the same person in between. Each attempt starts from what is
/// stored, so nothing of the other's is lost.
/// </summary>
internal static class OptimisticWrite
{
    /// <summary>A unique index may also refuse for good; a version that has moved on never does.</summary>
    private const int MostRefused = 8;
    private const int MostOvertaken = 40;
    private const int LongestPauseMilliseconds = 40;

    /// <exception cref="Conflict">The person is changed by others all the time.</exception>
    public static async Task<TResult> Run<TResult>(
        CitizensDb db,
        Func<Task<TResult>> once,
        CancellationToken cancel
    )
    {
        for (int overtaken = 0, refused = 0; ; )
        {
            try
            {
                return await once();
            }
            catch (DbUpdateConcurrencyException) when (++overtaken < MostOvertaken) { }
            catch (DbUpdateConcurrencyException)
            {
                throw new Conflict(
                    T.Of(
                        "Hồ sơ đang được nhiều người sửa cùng lúc; hãy thử lại.",
                        "Others are changing this record right now; try again."
                    )
                );
            }
            catch (DbUpdateException) when (++refused < MostRefused) { }
            db.ChangeTracker.Clear();
            // Those who collided once must not meet again in step.
            await Task.Delay(Random.Shared.Next(LongestPauseMilliseconds), cancel);
        }
    }
}
