using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SharedKernel.Contracts;

namespace SharedKernel.Persistence;

/// <summary>
/// An event on its way out, saved in the same transaction as the change it tells of. Rows are marked when dispatched and are
/// never found by "the last number seen": rows can commit late.
/// <para>
/// Where the parts of the system run as processes of their own, whoever finds the event first writes one copy for each part that wants it
/// (<see cref="For"/>); a copy waits for a process that runs its part.
/// </para>
/// </summary>
public sealed class OutboxMessage
{
    private const char To = '@';

    public required Guid Id { get; init; }

    /// <summary>Name of the event's type; of a copy, with the part that it is for: <c>CitizensMerged@Health</c>.</summary>
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

    /// <summary>How the type of a copy for a part ends.</summary>
    public static string Ending(string part) => To + part;

    public string EventType => Type.Split(To)[0];

    /// <summary>The part that a copy is for; null of an event as it was published.</summary>
    public string? Part => Type.Split(To) is [_, var part] ? part : null;

    /// <summary>The copy for a part. Its id follows from the event's, so two processes that copy at once make one.</summary>
    public OutboxMessage For(string part) =>
        new()
        {
            Id = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{Id:N}{Ending(part)}"))[..16]),
            Type = Type + Ending(part),
            Body = Body,
            OccurredAt = OccurredAt,
        };
}
