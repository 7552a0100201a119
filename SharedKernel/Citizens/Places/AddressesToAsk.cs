using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Citizens.Places;

/// <summary>
/// The work list of people whose commune of before July 2025 was divided: somebody has to ask in which of its parts they live.
/// </summary>
public sealed class AddressesToAsk(
    CitizensDb db,
    CorrectCitizen correct,
    AdministrativeUnits units,
    IAccess access,
    ICurrentCaller current,
    IAudit audit
) : IFeature
{
    private const int MostShown = 100;

    /// <param name="Before">The commune as it was.</param>
    /// <param name="Now">The communes it may be.</param>
    public sealed record Ask(
        CitizenId Id,
        string Name,
        PartialDate? BirthDate,
        string? Address,
        Commune Before,
        IReadOnlyList<Commune> Now
    );

    public sealed record List(int Waiting, IReadOnlyList<Ask> People);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/api/citizens/addresses-to-ask",
                (int? limit, AddressesToAsk feature, CancellationToken cancel) =>
                    feature.Run(limit ?? 20, cancel)
            )
            .Requires(Permission.RegisterCitizens);

    /// <param name="limit">At most 100.</param>
    public async Task<List> Run(int limit, CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.RegisterCitizens);
        var waiting = db
            .People.AsNoTracking()
            .Where(person => person.OldCommuneCode != null && person.ReplacedBy == null);
        var people = await waiting
            .OrderBy(person => person.OldCommuneCode)
            .ThenBy(person => person.Id)
            .Take(Math.Clamp(limit, 1, MostShown))
            .ToListAsync(cancel);
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Read,
                "Citizen?address=divided",
                people.ConvertAll(person => person.Id.ToString())
            ),
            cancel
        );
        return new(
            await waiting.CountAsync(cancel),
            [
                .. people
                    .Select(person =>
                        (
                            Person: person,
                            Before: units.Commune(person.OldCommuneCode!, DateOnly.MinValue)
                        )
                    )
                    .Where(entry => entry.Before is not null)
                    .Select(entry => new Ask(
                        entry.Person.Id,
                        entry.Person.FullName,
                        entry.Person.BirthDate,
                        entry.Person.Address,
                        entry.Before!,
                        units.Now(entry.Before!)
                    )),
            ]
        );
    }

    /// <exception cref="InvalidInput">The commune is none of those that the old one was divided into.</exception>
    /// <exception cref="NotFound">There is no such person, or their commune is clear.</exception>
    public async Task Answer(CitizenId id, string commune, CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.RegisterCitizens);
        var person = await db
            .People.AsNoTracking()
            .SingleOrDefaultAsync(row => row.Id == id && row.OldCommuneCode != null, cancel);
        if (
            person is null
            || units.Commune(person.OldCommuneCode!, DateOnly.MinValue) is not { } before
        )
        {
            throw new NotFound($"Address of {id}");
        }
        if (!units.Now(before).Any(successor => successor.Code == commune))
        {
            throw new InvalidInput("commune", $"{commune} is no part of {before.FullName}.");
        }
        await correct.Run(
            id,
            new(
                person.FullName,
                person.BirthDate,
                person.Sex,
                Address: person.Address,
                CommuneCode: commune,
                Temporary: person.Temporary
            ),
            cancel
        );
    }
}
