using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Citizens;

/// <summary>
/// The numbers by which a person is and was known, each with its period: what FHIR's Patient.identifier says with <c>use</c> and
/// <c>period</c> (https://hl7.org/fhir/R4/datatypes.html#Identifier).
/// </summary>
public sealed class ReadNumbers(CitizensDb db, IAccess access, ICurrentCaller current, IAudit audit)
    : IFeature
{
    /// <exception cref="NotFound">There is no such person.</exception>
    public async Task<IReadOnlyList<CitizenNumber>> Run(
        CitizenId id,
        CancellationToken cancel = default
    )
    {
        access.Demand(current.Caller, Permission.ReadCitizens, id);
        if (await PersonGroup.Load(db.People.AsNoTracking(), [id], cancel) is not [var group])
        {
            throw new NotFound($"Citizen {id}");
        }
        await audit.Record(
            current.Caller,
            new(AuditAction.Read, $"Citizen/{group.Root.Id}/numbers", [group.Root.Id.ToString()]),
            cancel
        );
        return
        [
            .. group
                .All.SelectMany(person => person.Identifiers)
                .Where(number => number.Kind is not IdentifierKind.DisputedPersonalId)
                .Select(number => new CitizenNumber(
                    number.Kind,
                    number.Value,
                    number.Use is IdentifierUse.Usual && group.Usual(number.Kind) == number.Value,
                    number.From,
                    number.To
                ))
                .OrderByDescending(number => number.Holds)
                .ThenByDescending(number => number.From)
                .DistinctBy(number => (number.Kind, number.Value)),
        ];
    }
}
