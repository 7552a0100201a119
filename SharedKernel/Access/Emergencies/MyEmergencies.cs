using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Access.Emergencies;

/// <summary>Tells a person who opened their record in an emergency, why, and what the review found.</summary>
public sealed class MyEmergencies(AccessDb db, IAccess access, ICurrentCaller current) : IFeature
{
    private const int Most = 100;

    public async Task<IReadOnlyList<EmergencyAccess>> Run(CancellationToken cancel = default)
    {
        var caller = current.Caller;
        access.Demand(caller, Permission.ReadOwnAudit, caller.Citizen);
        var me = caller.Citizen.ToString();
        return await db
            .Emergencies.AsNoTracking()
            .Where(row => row.Patient == me)
            .OrderByDescending(row => row.Opened)
            .Take(Most)
            .ToListAsync(cancel);
    }
}
