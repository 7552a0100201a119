using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Citizens;

/// <summary>Reads people by the kernel's id or by their personal ID, the present one or an old one.</summary>
public sealed class FindCitizens(
    CitizensDb db,
    Vault vault,
    IAccess access,
    ICurrentCaller current,
    IAudit audit
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/api/citizens/{id:guid}",
                async (Guid id, FindCitizens find, CancellationToken cancel) =>
                    await find.Run(new CitizenId(id), cancel) ?? throw new NotFound($"Citizen {id}")
            )
            .Requires(Permission.ReadCitizens);

    public async Task<Citizen?> Run(CitizenId id, CancellationToken cancel = default) =>
        (await Run([id], cancel)).GetValueOrDefault(id);

    /// <returns>By the ids that were asked about; that of a record that was replaced gives the person it is now known to be.</returns>
    public async Task<IReadOnlyDictionary<CitizenId, Citizen>> Run(
        IReadOnlyCollection<CitizenId> ids,
        CancellationToken cancel = default
    )
    {
        foreach (var id in ids)
        {
            access.Demand(current.Caller, Permission.ReadCitizens, id);
        }
        var people = await PersonGroup.Load(db.People.AsNoTracking(), ids, cancel);
        await Record(people, cancel);
        var found = new Dictionary<CitizenId, Citizen>();
        foreach (var person in people)
        {
            var citizen = person.ToCitizen();
            foreach (var asked in person.All.Select(record => record.Id).Intersect(ids))
            {
                found[asked] = citizen;
            }
        }
        return found;
    }

    public async Task<Citizen?> Run(string personalId, CancellationToken cancel = default)
    {
        if (!PersonalId.TryParse(personalId, null, out var id))
        {
            return null;
        }
        var reach = access.ReachOf(current.Caller, Permission.ReadCitizens);
        if (reach is Reach.None)
        {
            throw new AccessDenied(Permission.ReadCitizens);
        }
        var forms = SealedNumber.Forms(vault, id.ToString());
        var ids = await Visible(db.People.AsNoTracking(), reach, current.Caller)
            .Where(person =>
                person.Identifiers.Any(identifier =>
                    identifier.Kind == IdentifierKind.PersonalId && forms.Contains(identifier.Key)
                )
            )
            .Select(person => person.Id)
            .ToListAsync(cancel);
        var people = await PersonGroup.Load(db.People.AsNoTracking(), ids, cancel);
        await Record(people, cancel);
        return people.FirstOrDefault()?.ToCitizen();
    }

    /// <summary>In the query itself: whoever is out of reach is as if not there, in rows, counts and time alike.</summary>
    internal static IQueryable<Person> Visible(
        IQueryable<Person> people,
        Reach reach,
        Caller caller
    ) => reach is Reach.All ? people : people.Where(person => person.Id == caller.Citizen);

    private ValueTask Record(List<PersonGroup> people, CancellationToken cancel) =>
        people.Count == 0
            ? ValueTask.CompletedTask
            : audit.Record(
                current.Caller,
                new(
                    AuditAction.Read,
                    people.Count == 1 ? $"Citizen/{people[0].Root.Id}" : "Citizen",
                    people.ConvertAll(person => person.Root.Id.ToString())
                ),
                cancel
            );
}
