namespace SharedKernel.Contracts;

/// <summary>
/// What a caller of earlier may do now. Work that goes on long after its request (a subscription) asks before each step, so that it
/// ends when the account is closed and narrows when a role or a scope is taken away.
/// </summary>
public interface IStanding
{
    /// <summary>The same caller with the roles of now, never with more scopes than then; null when the account or client is no more.</summary>
    Task<Caller?> Now(Caller earlier, CancellationToken cancel = default);
}
