using Health.Fhir.Api;
using Health.Fhir.Api.Operations;
using Health.Fhir.Subscriptions.Sending;
using SharedKernel.Contracts;

namespace Health.Fhir.Subscriptions.Operations;

/// <summary>
/// <c>Subscription/…/$status</c>, <c>Subscription/$status</c>: how subscriptions are.
/// https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/OperationDefinition-backport-subscription-status.html
/// </summary>
public sealed class ReadStatus(SubscriptionRows rows) : IOperation<ReadStatus>
{
    public static Operation Definition { get; } =
        new("status", Levels.Type | Levels.Instance, Permission.ReadHealthRecords, 'r')
        {
            Description =
                "The status of subscriptions: the caller's own, or all to an administrator.",
            Standard =
                "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-status",
            Types = ["Subscription"],
            In = [new("id", "id", 0, "*"), new("status", "code", 0, "*")],
            Out = [new("return", "Bundle", 1)],
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        var found = request.Id is { } id
            ? [await rows.Demand(id, request.Caller, asAdministrator: true, cancel)]
            : await rows.List(arguments.List("id"), request.Caller, asAdministrator: true, cancel);
        var states = arguments.List("status");
        return FhirAnswer.Json(
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("resourceType", "Bundle");
                json.WriteString("type", "searchset");
                var shown = found
                    .Where(row =>
                        states.Count == 0
                        || states.Contains(row.State.ToString().ToLowerInvariant())
                    )
                    .ToList();
                json.WriteNumber("total", shown.Count);
                json.WriteStartArray("entry");
                foreach (var row in shown)
                {
                    json.WriteStartObject();
                    json.WriteString("fullUrl", $"urn:uuid:{Guid.CreateVersion7()}");
                    json.WritePropertyName("resource");
                    NotificationBundle.Status(
                        json,
                        NotificationType.QueryStatus,
                        row,
                        SubscriptionRows.ContentOf(row),
                        request.BaseUrl,
                        []
                    );
                    json.WriteStartObject("search");
                    json.WriteString("mode", "match");
                    json.WriteEndObject();
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );
    }
}
