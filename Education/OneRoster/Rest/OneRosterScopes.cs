using SharedKernel.Contracts;

namespace Education.OneRoster.Rest;

/// <summary>
/// What a token may do here. The permission opens the door; which operation, the scopes that its OpenAPI document names decide. A
/// session of an administrator, and a token for everything, have all.
/// </summary>
public static class OneRosterScopes
{
    public static bool Allow(Caller caller, IReadOnlyList<string> anyOf) =>
        caller.Scopes is null
        || caller.Scopes.Contains("records/*")
        || caller.Scopes.Contains($"records/{Permission.ExchangeRosters}")
        || anyOf.Any(caller.Scopes.Contains);
}
