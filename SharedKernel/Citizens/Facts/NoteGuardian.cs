using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Citizens.Facts;

/// <summary>Notes who cares for a person, as a sector knows it, so that the other sector need not ask.</summary>
public sealed class NoteGuardian(
    CitizensDb db,
    IAccess access,
    ICurrentCaller current,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    /// <summary>Said twice, it stands once.</summary>
    /// <exception cref="InvalidInput">The guardian is the person, or one of the two is not registered.</exception>
    public async Task Run(
        CitizenId ward,
        CitizenId guardian,
        FactSource source,
        CancellationToken cancel = default
    )
    {
        access.Demand(current.Caller, Permission.RegisterCitizens);
        var people = await PersonGroup.Load(db.People.AsNoTracking(), [ward, guardian], cancel);
        if (people.Count != 2)
        {
            throw new InvalidInput("guardian", "A guardian is another registered person.");
        }
        if (
            await db.Guardians.AnyAsync(row => row.Ward == ward && row.Guardian == guardian, cancel)
        )
        {
            return;
        }
        db.Guardians.Add(
            new Guardianship
            {
                Ward = ward,
                Guardian = guardian,
                Source = source,
                Organisation = current.Caller.Organisation,
                At = clock.GetUtcNow(),
            }
        );
        await db.SaveChangesAsync(cancel);
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Update,
                $"Citizen/{ward}",
                [ward.ToString(), guardian.ToString()],
                Detail: "guardian"
            ),
            cancel
        );
    }
}
