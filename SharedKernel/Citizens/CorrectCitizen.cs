using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Citizens.Facts;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Citizens;

/// <summary>
/// Puts right what is known of a person by a paper that was seen: a misspelt name, the name of a newborn, a new personal ID. The
/// number that no longer holds stays with the person as an old one with its period (FHIR Identifier.use <c>old</c>), so they are still
/// found by it. Both sectors are told.
/// </summary>
public sealed class CorrectCitizen(
    CitizensDb db,
    ToldFacts told,
    Vault vault,
    IAccess access,
    ICurrentCaller current,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut(
                "/api/citizens/{id:guid}",
                (
                    Guid id,
                    CitizenDetails details,
                    CorrectCitizen feature,
                    CancellationToken cancel
                ) => feature.Run(new CitizenId(id), details, cancel)
            )
            .Requires(Permission.RegisterCitizens);

    /// <param name="details">The person as they should be; what is null stays as it is.</param>
    /// <exception cref="InvalidInput">A field is wrong.</exception>
    /// <exception cref="NotFound">There is no such person.</exception>
    /// <exception cref="Conflict">The personal ID is another person's.</exception>
    public async Task<Citizen> Run(
        CitizenId id,
        CitizenDetails details,
        CancellationToken cancel = default
    )
    {
        access.Demand(current.Caller, Permission.RegisterCitizens);
        details = CitizenForm.Check(details, clock.Today());
        return await OptimisticWrite.Run(db, () => Once(id, details, cancel), cancel);
    }

    private async Task<Citizen> Once(CitizenId id, CitizenDetails details, CancellationToken cancel)
    {
        if (await PersonGroup.Load(db.People, [id], cancel) is not [var group])
        {
            throw new NotFound($"Citizen {id}");
        }
        await Renumber(group, details, cancel);
        group.Root.Temporary = details.Temporary;
        await told.Add(group, details, FactSource.Correction, cancel);
        group.Root.Version++;
        db.Publish(new CitizenCorrected(Guid.CreateVersion7(), clock.GetUtcNow(), group.Root.Id));
        await db.SaveChangesAsync(cancel);
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Update,
                $"Citizen/{group.Root.Id}",
                [group.Root.Id.ToString()],
                Detail: "correct"
            ),
            cancel
        );
        return group.ToCitizen();
    }

    /// <summary>Retires the numbers that a new one takes the place of.</summary>
    private async Task Renumber(PersonGroup group, CitizenDetails details, CancellationToken cancel)
    {
        var own = group.All.Select(person => person.Id).ToList();
        (IdentifierKind Kind, string? Value)[] numbers =
        [
            (IdentifierKind.PersonalId, details.PersonalId),
            (IdentifierKind.Insurance, details.InsuranceNumber),
            (IdentifierKind.Passport, details.Passport),
        ];
        foreach (var (kind, value) in numbers.Where(number => number.Value is not null))
        {
            var forms = SealedNumber.Forms(vault, value);
            if (
                kind is IdentifierKind.PersonalId
                && await db.Identifiers.AnyAsync(
                    held =>
                        held.Kind == kind
                        && forms.Contains(held.Key)
                        && !own.Contains(held.Citizen),
                    cancel
                )
            )
            {
                throw new Conflict(
                    "This personal ID is another person's: compare the two records first."
                );
            }
            foreach (var number in group.All.SelectMany(person => person.Identifiers))
            {
                if (number.Kind == kind)
                {
                    var holds = number.Value == value;
                    number.To = holds ? null : number.To ?? clock.GetUtcNow();
                    number.Use = holds ? IdentifierUse.Usual : IdentifierUse.Old;
                }
                else if (
                    kind is IdentifierKind.PersonalId
                    && number is { Kind: IdentifierKind.Temporary, Use: IdentifierUse.Usual }
                )
                {
                    (number.Use, number.To) = (IdentifierUse.Old, clock.GetUtcNow());
                }
            }
        }
    }
}
