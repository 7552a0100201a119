using System.Text.Json.Serialization;

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

    /// <summary>Looks after the rights of those whose data it is: reviews every emergency access.</summary>
    DataProtectionOfficer,

    /// <summary>Runs a university's terms: programmes, sections, students.</summary>
    Registrar,
}

/// <summary>
/// What data are used for. Health's are codes of http://terminology.hl7.org/CodeSystem/v3-ActReason; <see cref="PurposeCodes"/>.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<PurposeOfUse>))]
public enum PurposeOfUse
{
    Treatment,
    Payment,
    Research,
    PublicHealth,

    /// <summary>Of a school, which is another sector than health.</summary>
    Education,
}

/// <summary>Purposes as FHIR and the header <c>Purpose-Of-Use</c> write them.</summary>
public static class PurposeCodes
{
    public const string Header = "Purpose-Of-Use";
    public const string System = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

    /// <summary>Of purposes that HL7's list lacks.</summary>
    public const string OwnSystem = "urn:records:purpose-of-use";

    private static readonly (PurposeOfUse Purpose, string System, string Code)[] Codes =
    [
        (PurposeOfUse.Treatment, System, "TREAT"),
        (PurposeOfUse.Payment, System, "HPAYMT"),
        (PurposeOfUse.Research, System, "HRESCH"),
        (PurposeOfUse.PublicHealth, System, "PUBHLTH"),
        (PurposeOfUse.Education, OwnSystem, "EDUCATION"),
    ];

    public static (string System, string Code) Of(PurposeOfUse purpose) =>
        Codes.Where(one => one.Purpose == purpose).Select(one => (one.System, one.Code)).Single();

    /// <summary>Null when it is none of them.</summary>
    /// <param name="system">Null where the code stands alone.</param>
    public static PurposeOfUse? Find(string? system, string? code)
    {
        foreach (var one in Codes)
        {
            if (one.Code == code && (system is null || system == one.System))
            {
                return one.Purpose;
            }
        }
        return null;
    }

    /// <summary>From the header: a code, or a system and a code with a bar between.</summary>
    /// <exception cref="InvalidInput">It is none of the purposes.</exception>
    public static PurposeOfUse Parse(string text)
    {
        var bar = text.LastIndexOf('|');
        return Find(bar < 0 ? null : text[..bar], text[(bar + 1)..])
            ?? throw new InvalidInput(
                Header,
                $"'{text}' is no purpose: use one of {string.Join(", ", Codes.Select(one => one.Code))}."
            );
    }
}

/// <summary>What the law of a day gives an organisation for a purpose, before anybody has consented.</summary>
/// <param name="ToTreating">Whoever treats a person needs no consent.</param>
/// <param name="RefusalWins">A refusal takes it away again.</param>
public readonly record struct LawfulUse(PurposeOfUse Purpose, bool ToTreating, bool RefusalWins);

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

    /// <summary>To plan programmes and terms of a university and admit its students.</summary>
    ManageUniversity,

    /// <summary>To take seats in courses, and to see how far one has come, oneself.</summary>
    RegisterCourses,
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

    /// <summary>To allow or refuse the use of one's own records.</summary>
    GiveConsent,

    /// <summary>To open the record of somebody whom one does not treat, in an emergency.</summary>
    OpenInEmergency,

    /// <summary>To judge what was opened in emergencies.</summary>
    ReviewEmergencies,
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

    /// <summary>What the request says that it is for; null for the purpose that goes with the role.</summary>
    public PurposeOfUse? Purpose { get; init; }

    public bool IsSignedIn => Id.Length > 0;
}

/// <summary>The caller of the present request, page or job. Scoped; <see cref="Caller.Nobody"/> until told otherwise.</summary>
public interface ICurrentCaller
{
    Caller Caller { get; }

    /// <summary>For the edge alone: the sign-in middleware, a page's circuit, a job that acts as <see cref="Caller.TheSystem"/>.</summary>
    void Become(Caller caller);
}

/// <summary>For modules whose things belong to an organisation: a school, a university.</summary>
public static class OrganisationAccess
{
    /// <summary>Whether the caller may with all that belongs to the organisation; not for one who only reaches the own record.</summary>
    public static bool Reaches(
        this IAccess access,
        Caller caller,
        Permission permission,
        string organisation
    ) =>
        access.ReachOf(caller, permission) switch
        {
            Reach.All => true,
            Reach.Organisation => caller.Organisation == organisation,
            _ => false,
        };

    /// <summary>Leaves the row of a refusal, then refuses.</summary>
    /// <exception cref="AccessDenied">Always.</exception>
    public static async ValueTask Refuse(
        this IAudit audit,
        Caller caller,
        Permission permission,
        string what,
        CitizenId? person = null
    )
    {
        await audit.Record(
            caller,
            new AuditEntry(
                AuditAction.Execute,
                what,
                person is null ? [] : [person.Value.ToString()],
                Allowed: false,
                Detail: permission.ToString()
            )
        );
        throw new AccessDenied(permission);
    }
}

/// <summary>How far a permission reaches for a caller.</summary>
public enum Reach
{
    None,

    /// <summary>Only the record of the caller's own <see cref="Caller.Citizen"/>.</summary>
    Own,

    /// <summary>
    /// Only what belongs to the caller's <see cref="Caller.Organisation"/>: of health records those of the people it treats, and whatever
    /// consent or an emergency opens.
    /// </summary>
    Organisation,

    All,
}

/// <summary>The one place that decides. Everything that reads or writes a person's data asks here, in the query itself.</summary>
public interface IAccess
{
    Reach ReachOf(Caller caller, Permission permission);

    /// <summary>What the caller uses health records for now, and what today's law says of it.</summary>
    /// <exception cref="AccessDenied">It is no purpose of the caller's roles.</exception>
    LawfulUse UseOf(Caller caller);

    /// <summary>Passes, or throws <see cref="AccessDenied"/>. Give the person and the organisation that the action touches.</summary>
    void Demand(
        Caller caller,
        Permission permission,
        CitizenId? citizen = null,
        string? organisation = null
    );
}
