using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Citizens;

/// <summary>Notes that a sector's record is about a person, so that all that hangs off one person can be found from the kernel.</summary>
public sealed class LinkRecord(
    CitizensDb db,
    IAccess access,
    ICurrentCaller current,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    /// <exception cref="Conflict">The record is linked to somebody else.</exception>
    public async Task Run(CitizenId id, string record, CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.RegisterCitizens);
        if (!await db.People.AnyAsync(person => person.Id == id, cancel))
        {
            throw new NotFound($"Citizen {id}");
        }
        db.Links.Add(
            new RecordLink
            {
                Record = record,
                Citizen = id,
                LinkedAt = clock.GetUtcNow(),
            }
        );
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
            var had = await db
                .Links.AsNoTracking()
                .SingleOrDefaultAsync(link => link.Record == record, cancel);
            if (had is null)
            {
                throw;
            }
            if (had.Citizen != id)
            {
                throw new Conflict($"{record} is the record of another person.");
            }
            return;
        }
        await audit.Record(
            current.Caller,
            new(AuditAction.Update, $"Citizen/{id}", [id.ToString()], Detail: $"link {record}"),
            cancel
        );
    }
}
