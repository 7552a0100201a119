using System.Text.Json;
using SharedKernel.Contracts;

namespace Health.Fhir.Subscriptions.Rows;

/// <summary>The caller who wrote a Subscription as its registration keeps it.</summary>
public sealed record StoredOwner(
    string Id,
    string Name,
    Role[] Roles,
    string? Organisation,
    string? Citizen,
    string[]? Scopes
)
{
    public static string ToJson(Caller caller) =>
        JsonSerializer.Serialize(
            new StoredOwner(
                caller.Id,
                caller.Name,
                [.. caller.Roles],
                caller.Organisation,
                caller.Citizen?.ToString(),
                caller.Scopes is null ? null : [.. caller.Scopes]
            )
        );

    public static Caller FromJson(string json)
    {
        var stored = JsonSerializer.Deserialize<StoredOwner>(json)!;
        return new Caller(
            stored.Id,
            stored.Name,
            stored.Roles.ToHashSet(),
            stored.Organisation,
            stored.Citizen is null ? null : CitizenId.Parse(stored.Citizen, null),
            stored.Scopes?.ToHashSet()
        );
    }
}
