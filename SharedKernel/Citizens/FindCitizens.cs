using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Citizens;

/// <summary>Reads people by the kernel's id or by their personal ID, the present one or an old one.</summary>
public sealed class FindCitizens(
    CitizensDb db,
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

    public async Task<IReadOnlyDictionary<CitizenId, Citizen>> Run(
        IReadOnlyCollection<CitizenId> ids,
        CancellationToken cancel = default
    )
    {
        foreach (var id in ids)
        {
            access.Demand(current.Caller, Permission.ReadCitizens, id);
        }
        var people = await db
            .People.AsNoTracking()
            .Include(person => person.Identifiers)
            .Where(person => ids.Contains(person.Id))
            .ToListAsync(cancel);
        await Record(people, cancel);
        return people.ToDictionary(person => person.Id, person => person.ToCitizen());
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
        var value = id.ToString();
        var people = await Visible(db.People.AsNoTracking(), reach, current.Caller)
            .Include(person => person.Identifiers)
            .Where(person =>
                person.Identifiers.Any(identifier =>
                    identifier.Kind == IdentifierKind.PersonalId && identifier.Value == value
                )
            )
            .ToListAsync(cancel);
        await Record(people, cancel);
        return people.Select(person => person.ToCitizen()).FirstOrDefault();
    }

    /// <summary>In the query itself: whoever is out of reach is as if not there, in rows, counts and time alike.</summary>
    internal static IQueryable<Person> Visible(
        IQueryable<Person> people,
        Reach reach,
        Caller caller
    ) => reach is Reach.All ? people : people.Where(person => person.Id == caller.Citizen);

    private ValueTask Record(List<Person> people, CancellationToken cancel) =>
        people.Count == 0
            ? ValueTask.CompletedTask
            : audit.Record(
                current.Caller,
                new(
                    AuditAction.Read,
                    people.Count == 1 ? $"Citizen/{people[0].Id}" : "Citizen",
                    people.ConvertAll(person => person.Id.ToString())
                ),
                cancel
            );
}
