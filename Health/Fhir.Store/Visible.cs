using SharedKernel.Contracts;

namespace Health.Fhir.Store;

/// <summary>
/// Which resources a query may return: everything, or the compartments of the given Patients and reference data that is about
/// no patient. It goes into the SQL of every match, include, chain, total and history.
/// </summary>
public sealed record Visible
{
    public static Visible All { get; } = new();

    public static Visible None { get; } = new() { Patients = [] };

    /// <summary>Ids of Patients; null for everything.</summary>
    public IReadOnlyList<string>? Patients { get; private init; }

    /// <summary>What a token's scopes leave of each type; null for all of every type.</summary>
    public TypeScopes? Types { get; init; }

    public static Visible Only(params IReadOnlyList<string> patients) =>
        new() { Patients = patients };

    /// <summary>What this permission lets the caller see.</summary>
    /// <exception cref="AccessDenied">Nothing at all.</exception>
    public static Visible To(Caller caller, Permission permission, IAccess access) =>
        (
            access.ReachOf(caller, permission) switch
            {
                // A facility sees the whole record of whoever it treats.
                Reach.All or Reach.Organisation => All,
                Reach.Own when OwnOf(caller, permission, access) is { } patient => Only(patient),
                _ => throw new AccessDenied(permission),
            }
        ) with
        {
            // To write is allowed by type alone: a scope with a condition allows no writing.
            Types = permission is Permission.ReadHealthRecords ? TypeScopes.Of(caller) : null,
        };

    /// <summary>
    /// The Patient that a token's <c>patient/</c> scopes are for: the one it was launched with, if the bearer may see others than
    /// themselves; else the bearer.
    /// </summary>
    private static string? OwnOf(Caller caller, Permission permission, IAccess access) =>
        caller.Patient is { } launched
        && access.ReachOf(caller with { Scopes = null }, permission) is not Reach.Own
            ? launched
            : caller.Citizen?.ToString();
}
