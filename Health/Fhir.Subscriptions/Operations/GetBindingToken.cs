using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Health.Fhir.Api;
using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Operations;
using Health.Fhir.Subscriptions.Admission;
using Health.Fhir.Subscriptions.Rows;
using Health.Fhir.Subscriptions.Sockets;
using SharedKernel.Contracts;

namespace Health.Fhir.Subscriptions.Operations;

/// <summary>
/// <c>Subscription/…/$get-ws-binding-token</c>, <c>Subscription/$get-ws-binding-token?id=…</c>: what opens a web socket for them.
/// https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/OperationDefinition-backport-subscription-get-ws-binding-token.html
/// </summary>
public sealed class GetBindingToken(
    SubscriptionRows rows,
    SubscriptionsDb db,
    SubscriptionOptions options,
    TimeProvider clock
) : IOperation<GetBindingToken>
{
    private const int MostAtOnce = 50;

    public static Operation Definition { get; } =
        new(
            "get-ws-binding-token",
            Levels.Type | Levels.Instance,
            Permission.ReadHealthRecords,
            'r'
        )
        {
            Description =
                "A token that opens a web socket for one's own subscriptions, for some minutes.",
            Standard =
                "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-get-ws-binding-token",
            Types = ["Subscription"],
            In = [new("id", "id", 0, "*")],
            Out =
            [
                new("token", "string", 1),
                new("expiration", "dateTime", 1),
                new("subscription", "string", 0, "*"),
                new("websocket-url", "url", 1),
            ],
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        IReadOnlyList<string> ids = request.Id is { } id ? [id] : arguments.List("id");
        if (ids.Count is 0 or > MostAtOnce)
        {
            throw new FhirRefusal(
                400,
                "required",
                $"Name from 1 to {MostAtOnce} subscriptions by id.",
                "id"
            );
        }
        foreach (var one in ids)
        {
            var row = await rows.Demand(one, request.Caller, asAdministrator: false, cancel);
            if (row.Channel != SubscriptionContent.WebSocket || row.State is SubscriptionState.Off)
            {
                throw new FhirRefusal(
                    422,
                    "business-rule",
                    $"Subscription/{one} is not served by web socket: its channel is {row.Channel}, its status {row.State.ToString().ToLowerInvariant()}.",
                    "id"
                );
            }
        }
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var expires = clock.GetUtcNow() + options.TokenLasts;
        db.Tokens.Add(
            new BindingToken
            {
                Hash = HashOf(token),
                OwnerId = request.Caller.Id,
                Subscriptions = string.Join(',', ids),
                ExpiresAt = expires,
            }
        );
        await db.SaveChangesAsync(cancel);
        return FhirAnswer.Json(
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("resourceType", "Parameters");
                json.WriteStartArray("parameter");
                Value("token", "valueString", token);
                Value(
                    "expiration",
                    "valueDateTime",
                    expires.UtcDateTime.ToString(
                        "yyyy-MM-dd'T'HH:mm:ss'Z'",
                        CultureInfo.InvariantCulture
                    )
                );
                foreach (var one in ids)
                {
                    Value("subscription", "valueString", one);
                }
                Value("websocket-url", "valueUrl", BindSocket.AddressOf(request.BaseUrl));
                json.WriteEndArray();
                json.WriteEndObject();

                void Value(string name, string type, string value)
                {
                    json.WriteStartObject();
                    json.WriteString("name", name);
                    json.WriteString(type, value);
                    json.WriteEndObject();
                }
            }
        );
    }

    public static string HashOf(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
