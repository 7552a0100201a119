using System.Globalization;
using Education.University.Marks;
using Education.University.Programmes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Education.University.Registering;

public enum SeatWish
{
    Take,
    GiveBack,

    /// <summary>Another number of seats.</summary>
    Resize,
}

/// <param name="Student">Null for <see cref="SeatWish.Resize"/>.</param>
public sealed record SeatRequest(Guid Section, Guid? Student, SeatWish Wish, int Capacity = 0);

/// <param name="Place">What the student holds now; null when it was refused.</param>
/// <param name="Position">In the waiting list, from 1; null with a seat.</param>
/// <param name="Refusals">Why not, each in a sentence; empty when it went through.</param>
/// <param name="MovedUp">Citizens who got a seat from the waiting list by this.</param>
public sealed record SeatAnswer(
    Place? Place,
    int? Position,
    IReadOnlyList<string> Refusals,
    IReadOnlyList<CitizenId> MovedUp
);

/// <summary>
/// Gives seats and takes them back, in the order of arrival. Requests that wait are decided together: one transaction, one sync of the disk. Each
/// transaction first counts up its term's <see cref="UniversityTerm.Decisions"/>, so that among any number of servers one at a time decides about
/// a term. An answer is given when it is on disk.
/// </summary>
public sealed class RegistrationDesk(IServiceScopeFactory scopes, TimeProvider clock)
{
    private const int MostTogether = 256;

    private readonly Queue<Asked> line = new();
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Cannot be cancelled: who has arrived is decided about.</summary>
    public async Task<SeatAnswer> Run(SeatRequest request)
    {
        var asked = new Asked(request, CultureInfo.CurrentUICulture);
        lock (line)
        {
            asked.At = clock.GetUtcNow();
            line.Enqueue(asked);
        }
        await turn.WaitAsync();
        try
        {
            // Whoever had the turn before has often answered already.
            while (!asked.Answer.Task.IsCompleted)
            {
                await DecideTogether(Next());
            }
        }
        finally
        {
            turn.Release();
        }
        return await asked.Answer.Task;
    }

    private List<Asked> Next()
    {
        lock (line)
        {
            var together = new List<Asked>();
            while (together.Count < MostTogether && line.TryDequeue(out var asked))
            {
                together.Add(asked);
            }
            return together;
        }
    }

    private async Task DecideTogether(List<Asked> together)
    {
        try
        {
            await Decide(together);
        }
        catch (Exception) when (together.Count > 1)
        {
            // Nothing of it is stored; one that cannot be decided must not take the others with it.
            foreach (var asked in together)
            {
                await DecideTogether([asked]);
            }
        }
        catch (Exception failure)
        {
            together[0].Answer.TrySetException(failure);
        }
    }

    private async Task Decide(List<Asked> together)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<UniversityDb>();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var decision = await SeatDecision.Load(
            db,
            scope.ServiceProvider.GetRequiredService<StudentResults>(),
            together
        );
        var answers = new List<SeatAnswer>(together.Count);
        foreach (var asked in together)
        {
            // Each is answered in the language of whoever asked.
            CultureInfo.CurrentUICulture = asked.Language;
            answers.Add(decision.Of(asked.Request, asked.At));
        }
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        foreach (var (asked, answer) in together.Zip(answers))
        {
            asked.Answer.TrySetResult(answer);
        }
    }

    internal sealed class Asked(SeatRequest request, CultureInfo language)
    {
        public SeatRequest Request => request;
        public CultureInfo Language => language;
        public DateTimeOffset At { get; set; }
        public TaskCompletionSource<SeatAnswer> Answer { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
