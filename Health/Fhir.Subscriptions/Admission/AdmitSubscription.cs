using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Health.Fhir.Api;
using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using Health.Fhir.Subscriptions.Rows;
using Health.Fhir.Subscriptions.Topics;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace Health.Fhir.Subscriptions.Admission;

/// <summary>
/// Checks a Subscription before it is stored, writes down in whose name it will be served, and keeps the secrets of its headers out of
/// the store. A client says <c>requested</c> or <c>off</c>; the rest of the status is the server's
/// (https://hl7.org/fhir/R4/subscription-definitions.html#Subscription.status).
/// </summary>
public sealed class AdmitSubscription(
    SubscriptionsDb db,
    FhirStore store,
    ResourceReader reader,
    ReadContent contents,
    SubscriptionTopics topics,
    HeaderSecrets secrets,
    SubscriptionOptions options,
    IAccess access,
    IHttpContextAccessor http,
    TimeProvider clock
) : IWriteAdmission
{
    public bool Governs(string type) => type == "Subscription";

    public async Task<Write> Admit(Write write, Caller caller, CancellationToken cancel)
    {
        if (ReferenceEquals(caller, Caller.TheSystem))
        {
            // The sender's own writes of the status. A Subscription that comes without an owner, as by import, is never served.
            return write;
        }
        if (write.Verb is not WriteVerb.Create && write.Id is null)
        {
            throw new FhirRefusal(
                422,
                "not-supported",
                "A Subscription is changed and deleted by its id, not by a search.",
                "Subscription"
            );
        }
        var owner = WithAllScopes(caller);
        var current = write.Id is { } id ? await Current(id, cancel) : null;
        var isForeign = current?.Registration is { } known && known.OwnerId != owner.Id;
        if (isForeign && access.ReachOf(caller, Permission.Administer) is not Reach.All)
        {
            throw new FhirRefusal(
                403,
                "forbidden",
                "This Subscription is somebody else's: its owner or an administrator may change it."
            );
        }
        if (write.Verb is WriteVerb.Delete || BodyOf(write) is not { } body)
        {
            return write;
        }
        var resource = JsonNode.Parse(body.Span)!.AsObject();
        var isOff = (string?)resource["status"] == "off";
        if (isForeign && !isOff)
        {
            // Otherwise what is sent would be sent with the administrator's rights.
            throw new FhirRefusal(
                403,
                "forbidden",
                "Of somebody else's Subscription an administrator may only set status off, or delete it.",
                "Subscription.status"
            );
        }
        resource.Remove("error");
        resource["status"] = isOff ? "off" : "requested";
        var registration = isForeign
            ? current!.Registration!
            : await Register(body, resource, owner, current, cancel);
        Name(resource, registration.Id);
        return write with { Resource = null, Body = FhirJson.Write(resource) };
    }

    private async Task<Registration> Register(
        ReadOnlyMemory<byte> body,
        JsonObject resource,
        Caller owner,
        Known? current,
        CancellationToken cancel
    )
    {
        using var json = JsonDocument.Parse(body);
        var content = contents.Demand(json.RootElement);
        DemandReading(content, owner);
        if (current?.Registration is null)
        {
            await DemandRoom(owner, cancel);
        }
        var headers = ReadContent.Headers(json.RootElement);
        if (headers.Count > 0)
        {
            var kept = current?.Registration?.Headers is { } sealedHeaders
                ? secrets.Open(sealedHeaders)
                : [];
            headers = [.. headers.Select(header => HeaderSecrets.Restored(header, kept))];
            resource["channel"]!["header"] = new JsonArray([
                .. headers.Select(header => (JsonNode?)HeaderSecrets.Masked(header)),
            ]);
        }
        var added = new Registration
        {
            Id = Guid.CreateVersion7(),
            OwnerId = owner.Id,
            Owner = StoredCaller.ToJson(owner),
            Headers = headers.Count > 0 ? secrets.Seal(headers) : null,
            BaseUrl = http.HttpContext is { } context
                ? FhirHttp.BaseUrl(context)
                : current?.Registration?.BaseUrl ?? FhirRoute.Base,
            CreatedAt = clock.GetUtcNow(),
        };
        db.Registrations.Add(added);
        await db.SaveChangesAsync(cancel);
        return added;
    }

    /// <exception cref="FhirRefusal">403: the owner could not read what it asks to be told of.</exception>
    private void DemandReading(SubscriptionContent content, Caller owner)
    {
        var types = content.Topic is { } topic
            ? topics.Find(topic)!.Triggers.Select(trigger => trigger.Type)
            : [CriteriaParser.Split(content.Criteria!).Type];
        foreach (var type in types.Distinct())
        {
            var reading = SmartScopes.Narrow(owner, Permission.ReadHealthRecords, 'r', type);
            if (access.ReachOf(reading, Permission.ReadHealthRecords) is Reach.None)
            {
                throw new AccessDenied(Permission.ReadHealthRecords);
            }
        }
    }

    private async Task DemandRoom(Caller owner, CancellationToken cancel)
    {
        var many = await db.Subscriptions.CountAsync(
            row => row.OwnerId == owner.Id && row.State != SubscriptionState.Off,
            cancel
        );
        if (many >= options.PerOwner)
        {
            throw new FhirRefusal(
                422,
                "too-costly",
                $"You have {many} subscriptions, which is the most: turn one off or delete it."
            );
        }
    }

    /// <summary>With all scopes of the token; the current caller has only those for writing a Subscription.</summary>
    private static Caller WithAllScopes(Caller caller) =>
        caller with
        {
            Scopes = caller.TokenScopes ?? caller.Scopes,
            TokenScopes = null,
        };

    private async Task<Known?> Current(string id, CancellationToken cancel)
    {
        if (
            await store.Read("Subscription", id, Visible.All, cancel)
            is not { Deleted: false } stored
        )
        {
            return null;
        }
        using var json = JsonDocument.Parse(stored.Body);
        return new(
            RegistrationOf(json.RootElement) is { } named
                ? await db
                    .Registrations.AsNoTracking()
                    .SingleOrDefaultAsync(one => one.Id == named, cancel)
                : null
        );
    }

    /// <summary>Null when it names none: it did not come through here.</summary>
    public static Guid? RegistrationOf(JsonElement resource)
    {
        if (resource.TryGetProperty("extension", out var extensions))
        {
            foreach (var extension in extensions.EnumerateArray())
            {
                if (
                    extension.GetProperty("url").ValueEquals(Guide.Registration)
                    && extension.TryGetProperty("valueUuid", out var value)
                    && Guid.TryParse(value.GetString()!.Replace("urn:uuid:", ""), out var id)
                )
                {
                    return id;
                }
            }
        }
        return null;
    }

    private static void Name(JsonObject resource, Guid registration)
    {
        var extensions = resource["extension"] as JsonArray ?? [];
        var others = extensions
            .Where(one => (string?)one?["url"] != Guide.Registration)
            .Select(one => one?.DeepClone())
            .Append(
                new JsonObject
                {
                    ["url"] = Guide.Registration,
                    ["valueUuid"] = $"urn:uuid:{registration}",
                }
            );
        resource["extension"] = new JsonArray([.. others]);
    }

    /// <summary>Null when it is no valid resource: the store says what is wrong with it.</summary>
    private ReadOnlyMemory<byte>? BodyOf(Write write)
    {
        var read = write.Resource ?? reader.Read(write.Body);
        try
        {
            if (!read.IsValid || read.ResourceType != "Subscription")
            {
                return null;
            }
            var body = new ArrayBufferWriter<byte>();
            read.WriteBody(body, write.Id ?? "new", "1", clock.GetUtcNow());
            return body.WrittenMemory;
        }
        finally
        {
            if (write.Resource is null)
            {
                read.Dispose();
            }
        }
    }

    private sealed record Known(Registration? Registration);
}
