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

    public static Visible Only(params IReadOnlyList<string> patients) =>
        new() { Patients = patients };

    /// <summary>What this permission lets the caller see.</summary>
    /// <exception cref="AccessDenied">Nothing at all.</exception>
    public static Visible To(Caller caller, Permission permission, IAccess access) =>
        access.ReachOf(caller, permission) switch
        {
            // A facility sees the whole record of whoever it treats.
            Reach.All or Reach.Organisation => All,
            Reach.Own when caller.Citizen is { } citizen => Only(citizen.ToString()),
            _ => throw new AccessDenied(permission),
        };
}
