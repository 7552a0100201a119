using System.Buffers;
using System.Globalization;
using Health.Fhir.Api;
using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Operations;
using Health.Fhir.Subscriptions.Admission;
using Health.Fhir.Subscriptions.Sending;
using SharedKernel.Contracts;

namespace Health.Fhir.Subscriptions.Operations;

/// <summary>
/// <c>Subscription/…/$events</c>: events again, for a receiver that missed some.
/// https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/OperationDefinition-backport-subscription-events.html
/// </summary>
public sealed class ReadEvents(SubscriptionRows rows, EventReader events, TimeProvider clock)
    : IOperation<ReadEvents>
{
    /// <summary>Events in one answer; the next ones are asked for by the last number.</summary>
    private const int Most = 100;

    // Numbers are integer64 in R5; the guide writes them as text in R4.
    public static Operation Definition { get; } =
        new("events", Levels.Instance, Permission.ReadHealthRecords, 'r')
        {
            Description =
                "Events of one's own subscription, from the oldest asked for, at most 100 at once.",
            Standard =
                "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-events",
            Types = ["Subscription"],
            In =
            [
                new("eventsSinceNumber", "string"),
                new("eventsUntilNumber", "string"),
                new("content", "code"),
            ],
            Out = [new("return", "Bundle", 1)],
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        var row = await rows.Demand(request.Id!, request.Caller, asAdministrator: false, cancel);
        var content = SubscriptionRows.ContentOf(row);
        content = content with
        {
            Content = arguments.Text("content") switch
            {
                null => content.Content,
                "empty" => PayloadContent.Empty,
                "id-only" => PayloadContent.IdOnly,
                "full-resource" => PayloadContent.FullResource,
                var other => throw new FhirRefusal(
                    400,
                    "value",
                    $"content: '{other}' is not one of empty, id-only, full-resource.",
                    "content"
                ),
            },
        };
        var since = Number(arguments, "eventsSinceNumber") ?? 1;
        var until = Number(arguments, "eventsUntilNumber") ?? row.Events;
        var told = await events.Read(
            row.Id,
            since - 1,
            Math.Min(until, row.Events),
            Most,
            content.Content,
            request.SignedIn,
            cancel
        );
        var bytes = NotificationBundle.Write(
            NotificationType.QueryEvent,
            row,
            content,
            request.BaseUrl,
            told,
            clock.GetUtcNow()
        );
        return new FhirAnswer(200, target => target.Write(bytes))
        {
            Length = bytes.Length,
            IsSubset = true,
        };
    }

    private static long? Number(Arguments arguments, string name) =>
        arguments.Text(name) is not { } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= 1
            ? number
        : throw new FhirRefusal(
            400,
            "value",
            $"{name}: '{text}' is not the number of an event: 1, 2, 3, …",
            name
        );
}
