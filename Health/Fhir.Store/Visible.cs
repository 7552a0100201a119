using SharedKernel.Contracts;

namespace Health.Fhir.Store;

/// <summary>
/// Which resources a query may return: everything, or the compartments of the given Patients and reference data that is about
/// no patient, or what staff may see. It goes into the SQL of every match, include, chain, total and history.
/// </summary>
public sealed record Visible
{
    public static Visible All { get; } = new();

    public static Visible None { get; } = new() { Patients = [] };

    /// <summary>Ids of Patients; null for everything.</summary>
    public IReadOnlyList<string>? Patients { get; private init; }

    /// <summary>What a token's scopes leave of each type; null for all of every type.</summary>
    public TypeScopes? Types { get; init; }

    /// <summary>As whom staff look, which leaves them the people they have to do with; null for who is not bound by that.</summary>
    public StaffView? Staff { get; private init; }

    public static Visible Only(params IReadOnlyList<string> patients) =>
        new() { Patients = patients };

    /// <summary>The same for one Patient alone.</summary>
    public Visible Within(string patient) => this with { Patients = [patient] };

    /// <summary>What this permission lets the caller see.</summary>
    /// <exception cref="AccessDenied">Nothing at all.</exception>
    public static Visible To(Caller caller, Permission permission, IAccess access) =>
        (
            access.ReachOf(caller, permission) switch
            {
                Reach.All => All,
                Reach.Organisation => new() { Staff = StaffView.Of(caller, access) },
                Reach.Own when OwnOf(caller, permission, access) is { } own => own,
                _ => throw new AccessDenied(permission),
            }
        ) with
        {
            // To write is allowed by type alone: a scope with a condition allows no writing.
            Types = permission is Permission.ReadHealthRecords ? TypeScopes.Of(caller) : null,
        };

    /// <summary>
    /// The Patient that a token's <c>patient/</c> scopes are for: the one it was launched with, if the bearer may see others than
    /// themselves, and as far as the bearer may see that one; else the bearer.
    /// </summary>
    private static Visible? OwnOf(Caller caller, Permission permission, IAccess access) =>
        (caller.Patient, access.ReachOf(caller with { Scopes = null }, permission)) switch
        {
            ({ } launched, Reach.All) => Only(launched),
            ({ } launched, Reach.Organisation) => new()
            {
                Patients = [launched],
                Staff = StaffView.Of(caller, access),
            },
            _ => caller.Citizen is { } own ? Only(own.ToString()) : null,
        };
}

/// <summary>As whom somebody at work looks at records, and what for.</summary>
/// <param name="Organisation">Facility or school code, which is the id of its FHIR Organization; empty for none.</param>
/// <param name="Account">Which is the id of the FHIR Practitioner.</param>
/// <param name="Own">The Patient who is the caller.</param>
public sealed record StaffView(string Organisation, string Account, string? Own, LawfulUse Use)
{
    public static StaffView Of(Caller caller, IAccess access) =>
        new(caller.Organisation ?? "", caller.Id, caller.Citizen?.ToString(), access.UseOf(caller));
}
