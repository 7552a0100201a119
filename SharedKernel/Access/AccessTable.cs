using SharedKernel.Access.Law;
using SharedKernel.Access.Tokens;
using SharedKernel.Contracts;
using static SharedKernel.Contracts.Permission;
using static SharedKernel.Contracts.Reach;
using static SharedKernel.Contracts.Role;

namespace SharedKernel.Access;

/// <summary>
/// The one table that says which role may do what, and how far it reaches. What does not stand here is refused.
/// </summary>
public sealed class AccessTable(LawOfUse law, TimeProvider clock) : IAccess
{
    private static readonly (Role Role, Permission Permission, Reach Reach)[] Rows =
    [
        // Whom a person is can be found by whoever registers people; a facility sees the record of whoever it treats.
        (Doctor, ReadCitizens, All),
        (Doctor, RegisterCitizens, All),
        (Doctor, ReadHealthRecords, Reach.Organisation),
        (Doctor, WriteHealthRecords, Reach.Organisation),
        (Doctor, SignPrescriptions, Reach.Organisation),
        (Doctor, OpenInEmergency, All),
        (StationNurse, ReadCitizens, All),
        (StationNurse, RegisterCitizens, All),
        (StationNurse, ReadHealthRecords, Reach.Organisation),
        (StationNurse, WriteHealthRecords, Reach.Organisation),
        (StationNurse, OpenInEmergency, All),
        (Pharmacist, ReadCitizens, All),
        (Pharmacist, DispensePrescriptions, All),
        (Cashier, ReadCitizens, All),
        (Cashier, TakePayments, Reach.Organisation),
        (Cashier, ManagePrices, Reach.Organisation),
        (Teacher, ReadLearningRecords, Reach.Organisation),
        (Teacher, WriteMarks, Reach.Organisation),
        (SchoolHead, ReadCitizens, All),
        (SchoolHead, RegisterCitizens, All),
        (SchoolHead, ReadLearningRecords, Reach.Organisation),
        // Another sector: for education alone, for which no law gives it. A consent can.
        (SchoolHead, ReadHealthRecords, Reach.Organisation),
        (SchoolHead, WriteMarks, Reach.Organisation),
        (SchoolHead, ManageSchool, Reach.Organisation),
        (Registrar, ReadCitizens, All),
        (Registrar, RegisterCitizens, All),
        (Registrar, ManageUniversity, Reach.Organisation),
        (MinistryAnalyst, ReadStatistics, All),
        (MinistryAnalyst, RunExports, All),
        (Role.Citizen, ReadCitizens, Own),
        (Role.Citizen, ReadHealthRecords, Own),
        (Role.Citizen, ReadLearningRecords, Own),
        (Role.Citizen, RegisterCourses, Own),
        (DataProtectionOfficer, ReviewEmergencies, All),
        (DataProtectionOfficer, ReadAudit, All),
    ];

    /// <summary>What each role may use health records for; the first is meant when a request does not say.</summary>
    private static readonly Dictionary<Role, PurposeOfUse[]> Purposes = new()
    {
        [Doctor] =
        [
            PurposeOfUse.Treatment,
            PurposeOfUse.Payment,
            PurposeOfUse.PublicHealth,
            PurposeOfUse.Research,
        ],
        [StationNurse] =
        [
            PurposeOfUse.Treatment,
            PurposeOfUse.Payment,
            PurposeOfUse.PublicHealth,
            PurposeOfUse.Research,
        ],
        [SchoolHead] = [PurposeOfUse.Education],
    };

    /// <summary>The product's own work, and the administrator of an installation, reach everything.</summary>
    private static readonly Role[] Everything = [Administrator, Role.System];

    private static readonly Dictionary<(Role, Permission), Reach> Table = Rows.ToDictionary(
        row => (row.Role, row.Permission),
        row => row.Reach
    );

    public Reach ReachOf(Caller caller, Permission permission)
    {
        if (permission is ReadOwnAudit or GiveConsent)
        {
            // Nobody's role gives these and nobody's role takes them: they belong to the person whose record it is.
            return caller.Citizen is null || caller.Scopes is not null ? None : Own;
        }
        var byRole = caller
            .Roles.Select(role => ReachOf(role, permission))
            .DefaultIfEmpty(None)
            .Max();
        return caller.Scopes is null
            ? byRole
            : (Reach)Math.Min((int)byRole, (int)Scopes.ReachOf(caller.Scopes, permission));
    }

    public void Demand(
        Caller caller,
        Permission permission,
        CitizenId? citizen = null,
        string? organisation = null
    )
    {
        var allowed = ReachOf(caller, permission) switch
        {
            All => true,
            Reach.Organisation => organisation is null || organisation == caller.Organisation,
            Own => citizen is not null && citizen == caller.Citizen,
            _ => false,
        };
        if (!allowed)
        {
            throw new AccessDenied(permission);
        }
    }

    public LawfulUse UseOf(Caller caller)
    {
        var purposes = caller
            .Roles.SelectMany(role => Purposes.GetValueOrDefault(role, []))
            .ToList();
        var purpose = caller.Purpose ?? (purposes.Count > 0 ? purposes[0] : PurposeOfUse.Treatment);
        return purposes.Contains(purpose)
            ? law.Of(purpose, clock.Today())
            : throw new AccessDenied(ReadHealthRecords);
    }

    private static Reach ReachOf(Role role, Permission permission) =>
        Everything.Contains(role) ? All : Table.GetValueOrDefault((role, permission), None);
}
