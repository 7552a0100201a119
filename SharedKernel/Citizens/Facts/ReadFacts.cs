using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Citizens.Places;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace SharedKernel.Citizens.Facts;

/// <summary>What is known of a person, with who told it and when: offered to whoever would otherwise type it again.</summary>
public sealed class ReadFacts(
    CitizensDb db,
    AdministrativeUnits units,
    IAccess access,
    ICurrentCaller current,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/api/citizens/{id:guid}/facts",
                (Guid id, ReadFacts feature, CancellationToken cancel) =>
                    feature.Run(new CitizenId(id), cancel)
            )
            .Requires(Permission.ReadCitizens);

    /// <returns>By field; what holds first, then the latest.</returns>
    /// <exception cref="NotFound">There is no such person.</exception>
    public async Task<IReadOnlyList<CitizenFact>> Run(
        CitizenId id,
        CancellationToken cancel = default
    )
    {
        access.Demand(current.Caller, Permission.ReadCitizens, id);
        if (await PersonGroup.Load(db.People.AsNoTracking(), [id], cancel) is not [var group])
        {
            throw new NotFound($"Citizen {id}");
        }
        var facts = await group.Facts(db, cancel);
        // Facts made up for a row of before they were kept are read here and written with the next change.
        db.ChangeTracker.Clear();
        var holding = Enum.GetValues<CitizenField>()
            .Select(field => Survivorship.Pick(facts, field)?.Id)
            .ToHashSet();
        var guardians = await Guardians(group, cancel);
        await audit.Record(
            current.Caller,
            new(AuditAction.Read, $"Citizen/{group.Root.Id}/facts", [group.Root.Id.ToString()]),
            cancel
        );
        return
        [
            .. facts
                .Select(fact => new CitizenFact(
                    fact.Field,
                    Shown(fact),
                    fact.Source,
                    fact.Organisation,
                    fact.At,
                    holding.Contains(fact.Id)
                ))
                .Concat(guardians)
                .OrderBy(fact => fact.Field)
                .ThenByDescending(fact => fact.Holds)
                .ThenByDescending(fact => fact.At),
        ];
    }

    private async Task<IEnumerable<CitizenFact>> Guardians(
        PersonGroup group,
        CancellationToken cancel
    )
    {
        var ids = group.All.Select(person => person.Id).ToList();
        var guardians = await db
            .Guardians.AsNoTracking()
            .Where(guardian => ids.Contains(guardian.Ward))
            .ToListAsync(cancel);
        var people = await PersonGroup.Load(
            db.People.AsNoTracking(),
            guardians.ConvertAll(guardian => guardian.Guardian),
            cancel
        );
        return people.Select(person =>
        {
            var told = guardians.First(guardian =>
                person.All.Any(record => record.Id == guardian.Guardian)
            );
            return new CitizenFact(
                CitizenField.Guardian,
                person.Root.FullName,
                told.Source,
                told.Organisation,
                told.At,
                Holds: true,
                person.Root.Id
            );
        });
    }

    private string Shown(Fact fact)
    {
        switch (fact.Field)
        {
            case CitizenField.BirthDate:
                return PartialDate.Parse(fact.Value).Text();
            case CitizenField.Sex:
                return Enum.Parse<Sex>(fact.Value).Text();
            case CitizenField.Residence:
                var parts = fact.Value.Split('|', 3);
                var commune =
                    units.Commune(parts[0], clock.Today())?.FullName
                    ?? units.Commune(parts[1], DateOnly.MinValue)?.FullName;
                return string.Join(
                    ", ",
                    new[] { parts[2], commune }.Where(part => !string.IsNullOrEmpty(part))
                );
            default:
                return fact.Value;
        }
    }
}
