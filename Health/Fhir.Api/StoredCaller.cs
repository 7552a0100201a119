using System.Text.Json;
using SharedKernel.Contracts;

namespace Health.Fhir.Api;

/// <summary>
/// A caller as a row keeps it, for work that goes on after the request: it is done with the rights of whoever asked for it, and no
/// others.
/// </summary>
public sealed record StoredCaller(
    string Id,
    string Name,
    string[] Roles,
    string? Organisation,
    string? Citizen,
    string[]? Scopes,
    string? Patient = null
)
{
    public static string ToJson(Caller caller) =>
        JsonSerializer.Serialize(
            new StoredCaller(
                caller.Id,
                caller.Name,
                [.. caller.Roles.Select(role => role.ToString())],
                caller.Organisation,
                caller.Citizen?.ToString(),
                caller.Scopes is null ? null : [.. caller.Scopes],
                caller.Patient
            )
        );

    public static Caller FromJson(string json)
    {
        var stored = JsonSerializer.Deserialize<StoredCaller>(json)!;
        return new Caller(
            stored.Id,
            stored.Name,
            stored.Roles.Select(Enum.Parse<Role>).ToHashSet(),
            stored.Organisation,
            stored.Citizen is null ? null : CitizenId.Parse(stored.Citizen, null),
            stored.Scopes?.ToHashSet()
        )
        {
            Patient = stored.Patient,
        };
    }
}
