using System.Text.Json;
using SharedKernel.Contracts;

namespace SharedKernel.Persistence;

/// <summary>
/// An event on its way out, saved in the same transaction as the change it tells of. Rows are marked when dispatched and are
/// never found by "the last number seen": rows can commit late.
/// </summary>
public sealed class OutboxMessage
{
    public required Guid Id { get; init; }
    public required string Type { get; init; }
    public required string Body { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
    public DateTimeOffset? DispatchedAt { get; set; }
    public int Attempts { get; set; }
    public string? LastError { get; set; }

    public static OutboxMessage Of(IEvent happened) =>
        new()
        {
            Id = happened.EventId,
            Type = happened.GetType().Name,
            Body = JsonSerializer.Serialize(happened, happened.GetType()),
            OccurredAt = happened.OccurredAt,
        };
}
