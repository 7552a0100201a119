namespace SharedKernel.Contracts;

/// <summary>
/// Something that happened, named in the past tense. It is saved as an outbox row in the same transaction as the change it
/// tells of and reaches every handler at least once.
/// </summary>
public interface IEvent
{
    /// <summary>Handlers are idempotent by this id.</summary>
    Guid EventId { get; }

    DateTimeOffset OccurredAt { get; }
}

/// <summary>Receives an event; may see the same one twice and in any order.</summary>
public interface IHandle<in TEvent>
    where TEvent : IEvent
{
    Task Handle(TEvent happened, CancellationToken cancel);
}
