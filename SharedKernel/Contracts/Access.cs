namespace SharedKernel.Contracts;

/// <summary>What a person is at work, or simply a citizen. A system is a program with client credentials.</summary>
public enum Role
{
    Citizen,
    Doctor,
    StationNurse,
    Pharmacist,
    Cashier,
    Teacher,
    SchoolHead,
    MinistryAnalyst,
    Administrator,
    System,
}

/// <summary>
/// What can be allowed. Which role has which, and how far it reaches, stands in one table (SharedKernel/Access/AccessTable.cs).
/// The name of a permission is also the name of its authorization policy.
/// </summary>
public enum Permission
{
    ReadCitizens,
    RegisterCitizens,

    /// <summary>To decide whether two records are one person, and to undo it.</summary>
    ReviewCitizens,
    ReadHealthRecords,
    WriteHealthRecords,
    SignPrescriptions,
    DispensePrescriptions,
    ReadLearningRecords,
    WriteMarks,
    ManageSchool,
    ManagePrices,
    PublishPrices,
    TakePayments,

    /// <summary>To read and write by OneRoster, as far as the scopes of the token say.</summary>
    ExchangeRosters,
    ReadStatistics,
    RunExports,
    ReadAudit,

    /// <summary>To know who looked at one's own records.</summary>
    ReadOwnAudit,
    Administer,
}

/// <summary>Who is asking. <see cref="Nobody"/> may do nothing; <see cref="TheSystem"/> is the product's own background work.</summary>
/// <param name="Id">Stable account id, or the OAuth client id.</param>
/// <param name="Name">As shown to people and in the audit trail.</param>
/// <param name="Organisation">Facility code (5 characters) or school code of the post the caller acts in.</param>
/// <param name="Citizen">The caller's own record, when the caller signed in as a citizen or has one.</param>
/// <param name="Scopes">OAuth scopes of the token; null for a browser session, which is bounded by its roles alone.</param>
public sealed record Caller(
    string Id,
    string Name,
    IReadOnlySet<Role> Roles,
    string? Organisation = null,
    CitizenId? Citizen = null,
    IReadOnlySet<string>? Scopes = null
)
{
    public static Caller Nobody { get; } = new("", "", new HashSet<Role>());

    public static Caller TheSystem { get; } =
        new("records", "Records", new HashSet<Role> { Role.System });

    /// <summary>
    /// The FHIR Patient that the token's <c>patient/</c> scopes are bound to, given by the launch of an app; null for the caller's own record.
    /// </summary>
    public string? Patient { get; init; }

    /// <summary>All scopes of the token, where <see cref="Scopes"/> are those that allow one interaction; null: <see cref="Scopes"/> are all.</summary>
    public IReadOnlySet<string>? TokenScopes { get; init; }

    public bool IsSignedIn => Id.Length > 0;
}

/// <summary>The caller of the present request, page or job. Scoped; <see cref="Caller.Nobody"/> until told otherwise.</summary>
public interface ICurrentCaller
{
    Caller Caller { get; }

    /// <summary>For the edge alone: the sign-in middleware, a page's circuit, a job that acts as <see cref="Caller.TheSystem"/>.</summary>
    void Become(Caller caller);
}

/// <summary>How far a permission reaches for a caller.</summary>
public enum Reach
{
    None,

    /// <summary>Only the record of the caller's own <see cref="Caller.Citizen"/>.</summary>
    Own,

    /// <summary>Only what belongs to the caller's <see cref="Caller.Organisation"/>.</summary>
    Organisation,

    All,
}

/// <summary>The one place that decides. Everything that reads or writes a person's data asks here, in the query itself.</summary>
public interface IAccess
{
    Reach ReachOf(Caller caller, Permission permission);

    /// <summary>Passes, or throws <see cref="AccessDenied"/>. Give the person and the organisation that the action touches.</summary>
    void Demand(
        Caller caller,
        Permission permission,
        CitizenId? citizen = null,
        string? organisation = null
    );
}
