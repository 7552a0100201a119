using System.Numerics;

namespace Health.Fhir.Tests.Faults;

/// <summary>One call of a client, as the client saw it.</summary>
/// <param name="Invoked">When it was sent.</param>
/// <param name="Returned">When the answer came; <see cref="long.MaxValue"/> when none did, and then it may have no effect at all.</param>
/// <param name="Apply">The state after it, or null when its answer cannot be given in this state.</param>
internal sealed record Call<TState>(
    string What,
    long Invoked,
    long Returned,
    Func<TState, TState?> Apply
)
    where TState : class, IEquatable<TState>;

/// <summary>
/// Whether a history is linearizable: is there one order of all calls, in which every call that ended before another began comes
/// before it, and in which every answer is right? (Wing and Gong, Testing and Verifying Concurrent Objects, 1993; what was tried is
/// remembered by the set of calls and the state, as Lowe, Testing for Linearizability, 2017.)
/// </summary>
internal static class Linearizability
{
    /// <returns>Null when it is; else the calls of the longest order that was found, and those that could not follow.</returns>
    public static string? Fault<TState>(IEnumerable<Call<TState>> history, TState initial)
        where TState : class, IEquatable<TState>
    {
        var calls = history.OrderBy(call => call.Invoked).ToArray();
        var answered = calls.Count(call => call.Returned < long.MaxValue);
        var tried = new HashSet<(BigInteger, TState)>();
        var order = new List<int>();
        var longest = new List<int>();
        return Extend(BigInteger.Zero, initial) ? null : Explain();

        bool Extend(BigInteger done, TState state)
        {
            if (order.Count(at => calls[at].Returned < long.MaxValue) == answered)
            {
                return true;
            }
            if (!tried.Add((done, state)))
            {
                return false;
            }
            var firstEnd = long.MaxValue;
            for (var at = 0; at < calls.Length; at++)
            {
                if ((done >> at).IsEven)
                {
                    firstEnd = Math.Min(firstEnd, calls[at].Returned);
                }
            }
            for (var at = 0; at < calls.Length && calls[at].Invoked <= firstEnd; at++)
            {
                if (!(done >> at).IsEven || calls[at].Apply(state) is not { } next)
                {
                    continue;
                }
                order.Add(at);
                if (order.Count > longest.Count)
                {
                    longest = [.. order];
                }
                if (Extend(done | (BigInteger.One << at), next))
                {
                    return true;
                }
                order.RemoveAt(order.Count - 1);
            }
            return false;
        }

        string Explain() =>
            "In order: "
            + string.Join("; ", longest.TakeLast(8).Select(at => calls[at].What))
            + ". None of these can follow: "
            + string.Join(
                "; ",
                Enumerable
                    .Range(0, calls.Length)
                    .Except(longest)
                    .Take(8)
                    .Select(at => calls[at].What)
            );
    }
}

/// <summary>A resource as a register: its version and what it says; version 0 is not there yet.</summary>
internal sealed record Register(int Version, string Value)
{
    public static Register Empty { get; } = new(0, "");

    public static Call<Register> Read(int version, string value, long from, long to) =>
        new(
            $"read {version}={value}",
            from,
            to,
            state => state == new Register(version, value) ? state : null
        );

    /// <param name="version">As answered; null when no answer came.</param>
    public static Call<Register> Write(
        int? ifMatch,
        string value,
        int? version,
        long from,
        long to
    ) =>
        new(
            $"write {value} if {ifMatch} -> {version}",
            from,
            to,
            state =>
                (ifMatch is null || ifMatch == state.Version)
                && (version is null || version == state.Version + 1)
                    ? new(state.Version + 1, value)
                    : null
        );

    /// <summary>A write that was refused because the version was another.</summary>
    public static Call<Register> Refused(int ifMatch, long from, long to) =>
        new($"refused if {ifMatch}", from, to, state => state.Version == ifMatch ? null : state);
}

/// <summary>Two resources that are only ever written together, with the same words.</summary>
internal sealed record Pair(Register First, Register Second)
{
    public static Call<Pair> Write(
        int ifMatch,
        string value,
        (int First, int Second)? versions,
        long from,
        long to
    ) =>
        new(
            $"write both {value} if {ifMatch} -> {versions}",
            from,
            to,
            state =>
                state.First.Version == ifMatch
                && (
                    versions is not var (first, second)
                    || (first == state.First.Version + 1 && second == state.Second.Version + 1)
                )
                    ? new(new(state.First.Version + 1, value), new(state.Second.Version + 1, value))
                    : null
        );

    public static Call<Pair> Refused(int ifMatch, long from, long to) =>
        new(
            $"refused both if {ifMatch}",
            from,
            to,
            state => state.First.Version == ifMatch ? null : state
        );

    public static Call<Pair> Read(Pair seen, long from, long to) =>
        new($"read both {seen}", from, to, state => state == seen ? state : null);
}

/// <summary>The one resource that a condition names; empty until somebody makes it.</summary>
internal sealed record Named(string Id)
{
    public static Named Nobody { get; } = new("");

    public static Call<Named> Create(string id, bool created, long from, long to) =>
        new(
            $"{(created ? "created" : "found")} {id}",
            from,
            to,
            state =>
                created ? (state == Nobody ? new Named(id) : null) : (state.Id == id ? state : null)
        );

    /// <param name="ids">What a search for the condition gave.</param>
    public static Call<Named> Search(IReadOnlyList<string> ids, long from, long to) =>
        new(
            $"searched {string.Join(',', ids)}",
            from,
            to,
            state =>
                ids.Count switch
                {
                    0 => state == Nobody,
                    1 => state.Id == ids[0],
                    _ => false,
                }
                    ? state
                    : null
        );
}
