using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Persistence;
using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Access.Audit;

/// <summary>
/// Appends to the audit trail. Every read of a person's data waits for its row, so one writer takes all that are waiting and
/// commits them together: the disk is synced once for many.
/// </summary>
public sealed class AuditTrail : IAudit, IAsyncDisposable
{
    private const int MostWaiting = 10_000;
    private const int MostInOneCommit = 1_000;

    private readonly Channel<Waiting> queue = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true }
    );
    private readonly AuditAppender appender;
    private readonly IHttpContextAccessor http;
    private readonly TimeProvider clock;
    private readonly Vault vault;
    private readonly Task writer;

    public AuditTrail(
        IServiceScopeFactory scopes,
        DatabaseOptions database,
        IHttpContextAccessor http,
        TimeProvider clock,
        Vault vault
    )
    {
        (this.http, this.clock, this.vault) = (http, clock, vault);
        appender = new AuditAppender(scopes, database);
        // Not a hosted service: import and job commands write audit rows too, and they start no host.
        writer = Task.Run(WriteAll);
    }

    public async ValueTask Record(
        Caller caller,
        AuditEntry entry,
        CancellationToken cancel = default
    )
    {
        var waiting = new Waiting(
            caller,
            entry with
            {
                What = WithoutNumbers(entry.What),
                Detail = entry.Detail is { } detail ? WithoutNumbers(detail) : null,
            },
            clock.GetUtcNow(),
            http.HttpContext?.Connection.RemoteIpAddress?.ToString()
        );
        await queue.Writer.WriteAsync(waiting, cancel);
        await waiting.OnDisk.Task.WaitAsync(cancel);
    }

    /// <summary>Rows cannot be sealed anew when a key rotates, so a number that somebody searched for is kept as its keyed hash.</summary>
    private string WithoutNumbers(string text) =>
        PrivateNumbers.Replace(text, number => "hmac:" + vault.Hash(number, "audit.number"));

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await writer;
        await appender.DisposeAsync();
    }

    private async Task WriteAll()
    {
        var batch = new List<Waiting>();
        while (await queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MostInOneCommit && queue.Reader.TryRead(out var waiting))
            {
                batch.Add(waiting);
            }
            try
            {
                await appender.Append(batch.Count, (at, sequence) => batch[at].Row(sequence));
                batch.ForEach(waiting => waiting.OnDisk.SetResult());
            }
            catch (Exception error)
            {
                // Whoever waits must not answer; the next batch gets its own chance.
                batch.ForEach(waiting => waiting.OnDisk.SetException(error));
            }
        }
    }

    private sealed record Waiting(
        Caller Caller,
        AuditEntry Entry,
        DateTimeOffset At,
        string? Address
    )
    {
        public TaskCompletionSource OnDisk { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public AuditRow Row(long sequence) =>
            new()
            {
                Sequence = sequence,
                At = At.AddTicks(-(At.Ticks % TimeSpan.TicksPerMicrosecond)),
                CallerId = Storable(Caller.Id, AuditRow.LongestCallerId),
                CallerName = Storable(Caller.Name),
                Roles = string.Join(
                    ',',
                    Caller.Roles.Select(role => role.ToString()).Order(StringComparer.Ordinal)
                ),
                Organisation = Caller.Organisation,
                Address = Address,
                Action = Entry.Action,
                What = Storable(Entry.What),
                Allowed = Entry.Allowed,
                Detail = Entry.Detail is null ? null : Storable(Entry.Detail),
                Subjects =
                [
                    .. Entry
                        .Subjects.Select(subject => Storable(subject, AuditRow.LongestSubject))
                        .Distinct(StringComparer.Ordinal)
                        .Select(subject => new AuditSubject
                        {
                            Subject = subject,
                            Sequence = sequence,
                        }),
                ],
            };

        /// <summary>A searched text may hold what a database refuses (NUL, half a surrogate pair); the row must be kept all the same.</summary>
        private static string Storable(string text, int longest = 4000)
        {
            text = text.Length > longest ? text[..longest] : text;
            Span<char> clean = text.ToCharArray();
            for (var i = 0; i < clean.Length; i++)
            {
                if (
                    char.IsHighSurrogate(clean[i])
                    && i + 1 < clean.Length
                    && char.IsLowSurrogate(clean[i + 1])
                )
                {
                    i++;
                }
                else if (clean[i] == '\0' || char.IsSurrogate(clean[i]))
                {
                    clean[i] = '\uFFFD';
                }
            }
            return new string(clean);
        }
    }
}
