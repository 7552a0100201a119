using SharedKernel.Contracts;

namespace Health.Fhir.Store;

/// <summary>What the write was made conditional on does not hold (<c>If-Match</c>, more than one match): 412.</summary>
public sealed class PreconditionFailed(string message) : Refusal(message);

/// <summary>More is waiting to be written than the store will queue: 503, try again later.</summary>
public sealed class StoreBusy() : Refusal("The store is busy. Try again in a moment.");

/// <summary>A search took longer than the limit and was stopped in the database too: 503.</summary>
public sealed class SearchTimedOut(TimeSpan limit)
    : Refusal(
        $"The search took longer than {limit.TotalSeconds:0.#} s and was stopped. Narrow it, for example to one patient or a period."
    );

/// <summary>One write of a transaction was refused, and so all of it.</summary>
/// <param name="write">Position in <see cref="Transaction.Writes"/>, from 0.</param>
public sealed class WriteRefused(int write, Refusal reason) : Refusal(reason.Message)
{
    public int Write => write;

    /// <summary>Decides the status: <see cref="PreconditionFailed"/>, <see cref="Conflict"/>, <see cref="InvalidInput"/>, …</summary>
    public Refusal Reason => reason;
}
