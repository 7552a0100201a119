using System.Globalization;
using System.Security.Cryptography;
using Health.Fhir.Api.Formats;
using Health.Fhir.Subscriptions.Admission;
using Health.Fhir.Subscriptions.Rows;
using SharedKernel.Contracts;

namespace Health.Fhir.Subscriptions.Sending;

/// <summary>
/// Notifies by HTTP: handshake, events and heartbeats as Bundles
/// (https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/channels.html#rest-hook); a classic subscription without a body by an empty
/// POST, one with a body by a PUT of the resource under the endpoint (https://hl7.org/fhir/R4/subscription.html#rest-hook). Singleton.
/// </summary>
internal sealed class RestHook(
    SenderStore rows,
    EventReader events,
    Receivers receivers,
    HeaderSecrets secrets,
    SubscriptionOptions options,
    TimeProvider clock
)
{
    /// <summary>After so many notifications the others have their turn.</summary>
    private const int MostRounds = 20;

    /// <summary>Sends what is due, until there is nothing more, or it fails.</summary>
    public async Task Serve(
        SubscriptionRow row,
        Registration registration,
        SubscriptionContent content,
        Caller owner,
        Guid holder,
        CancellationToken cancel
    )
    {
        var heartbeat = content.HeartbeatSeconds is { } seconds
            ? TimeSpan.FromSeconds(seconds)
            : (TimeSpan?)null;
        for (var round = 0; round < MostRounds; round++)
        {
            long delivered;
            try
            {
                if (await Next(row, registration, content, owner, cancel) is not { } done)
                {
                    return;
                }
                delivered = done;
            }
            catch (Exception error) when (!cancel.IsCancellationRequested)
            {
                await rows.Failed(row, holder, Reason(error), cancel);
                return;
            }
            if (
                !await rows.Sent(row, holder, delivered, heartbeat, cancel)
                || await rows.Read(row.Id, holder, cancel) is not var (now, _)
            )
            {
                return;
            }
            row = now;
        }
    }

    /// <summary>Sends one notification and gives the number of the last event the receiver then has; null when nothing is due.</summary>
    private async Task<long?> Next(
        SubscriptionRow row,
        Registration registration,
        SubscriptionContent content,
        Caller owner,
        CancellationToken cancel
    )
    {
        if (row.ShakenAt is null)
        {
            await Post(NotificationType.Handshake, row, registration, content, [], cancel);
            return row.Delivered;
        }
        if (row.Delivered < row.Events)
        {
            var told = await events.Read(
                row.Id,
                row.Delivered,
                row.Events,
                content.IsClassic ? 1 : Math.Min(content.MaxCount ?? options.Count, options.Count),
                content.Content,
                owner,
                cancel
            );
            if (told is [])
            {
                return row.Events;
            }
            if (content.IsClassic)
            {
                await Classic(told[0], registration, content, cancel);
            }
            else
            {
                await Post(
                    NotificationType.EventNotification,
                    row,
                    registration,
                    content,
                    told,
                    cancel
                );
            }
            return told[^1].Row.Number;
        }
        if (row.HeartbeatAt <= clock.GetUtcNow() && !content.IsClassic)
        {
            await Post(NotificationType.Heartbeat, row, registration, content, [], cancel);
            return row.Delivered;
        }
        return null;
    }

    private Task Post(
        NotificationType type,
        SubscriptionRow row,
        Registration registration,
        SubscriptionContent content,
        IReadOnlyList<ToldEvent> told,
        CancellationToken cancel
    ) =>
        Send(
            HttpMethod.Post,
            content.Endpoint!,
            NotificationBundle.Write(
                type,
                row,
                content,
                registration.BaseUrl,
                told,
                clock.GetUtcNow()
            ),
            registration,
            content,
            cancel
        );

    private async Task Classic(
        ToldEvent told,
        Registration registration,
        SubscriptionContent content,
        CancellationToken cancel
    )
    {
        if (content.Payload is null)
        {
            await Send(HttpMethod.Post, content.Endpoint!, default, registration, content, cancel);
        }
        else if (told.Resource is { Deleted: false } resource)
        {
            await Send(
                HttpMethod.Put,
                $"{content.Endpoint!.TrimEnd('/')}/{resource.Reference}",
                resource.Body,
                registration,
                content,
                cancel
            );
        }
    }

    /// <exception cref="HttpRequestException">It did not take it.</exception>
    private async Task Send(
        HttpMethod method,
        string address,
        ReadOnlyMemory<byte> json,
        Registration registration,
        SubscriptionContent content,
        CancellationToken cancel
    )
    {
        var isXml = content.Payload == Negotiation.FhirXml;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        over.CancelAfter(
            content.TimeoutSeconds is { } seconds && seconds < options.Timeout.TotalSeconds
                ? TimeSpan.FromSeconds(seconds)
                : options.Timeout
        );
        var status = await receivers.Send(
            method,
            address,
            registration.Headers is { } sealedHeaders ? secrets.Open(sealedHeaders) : [],
            isXml && json.Length > 0 ? FhirXml.FromJson(json, pretty: false) : json,
            content.Payload is { } media && json.Length > 0 ? media : null,
            over.Token
        );
        if ((int)status is < 200 or > 299)
        {
            throw new HttpRequestException(
                string.Create(CultureInfo.InvariantCulture, $"The receiver answered {(int)status}.")
            );
        }
    }

    private static string Reason(Exception error) =>
        error switch
        {
            OperationCanceledException => "The receiver did not answer in time.",
            HttpRequestException => error.Message,
            CryptographicException =>
                "The headers cannot be decrypted with the keys of this host: write the Subscription again.",
            _ => $"The notification could not be made: {error.Message}",
        };
}
