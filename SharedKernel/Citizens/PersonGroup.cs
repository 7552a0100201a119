using Microsoft.EntityFrameworkCore;
using SharedKernel.Citizens.Facts;
using SharedKernel.Contracts;

namespace SharedKernel.Citizens;

/// <summary>One person: the record under which they are known, and those it replaces.</summary>
/// <param name="Root">Its row shows what holds, picked from the facts of all records (<see cref="Survivorship"/>).</param>
public sealed record PersonGroup(Person Root, IReadOnlyList<Person> Replaced)
{
    public IEnumerable<Person> All => [Root, .. Replaced];

    /// <summary>The people to whom these records belong, each once; tracked or not as <paramref name="people"/> is.</summary>
    /// <param name="ids">Of any record of a person.</param>
    public static async Task<List<PersonGroup>> Load(
        IQueryable<Person> people,
        IReadOnlyCollection<CitizenId> ids,
        CancellationToken cancel
    )
    {
        if (ids.Count == 0)
        {
            return [];
        }
        var known = await people
            .Where(person => ids.Contains(person.Id))
            .Select(person => person.ReplacedBy ?? person.Id)
            .Distinct()
            .ToListAsync(cancel);
        if (known.Count == 0)
        {
            return [];
        }
        var also = known.ConvertAll(id => (CitizenId?)id);
        var rows = await people
            .Include(person => person.Identifiers)
            .Where(person => known.Contains(person.Id) || also.Contains(person.ReplacedBy))
            .OrderBy(person => person.Id)
            .ToListAsync(cancel);
        var replaced = rows.Where(row => row.ReplacedBy is not null)
            .ToLookup(row => row.ReplacedBy!.Value);
        return
        [
            .. rows.Where(row => row.ReplacedBy is null)
                .Select(row => new PersonGroup(row, [.. replaced[row.Id]])),
        ];
    }

    public Citizen ToCitizen() =>
        new(
            Root.Id,
            new CitizenDetails(
                Root.FullName,
                Root.BirthDate,
                Root.Sex,
                Usual(IdentifierKind.PersonalId),
                Root.Phone,
                Root.Address,
                Root.CommuneCode,
                Root.Ethnicity,
                Usual(IdentifierKind.Insurance),
                Old(),
                Usual(IdentifierKind.Passport),
                Usual(IdentifierKind.PersonalId) is null ? Root.Temporary : TemporaryIdentity.None,
                TemporaryNumber: Usual(IdentifierKind.Temporary)
            )
        );

    /// <summary>The number in force: that of the surviving record, else the latest known.</summary>
    public string? Usual(IdentifierKind kind) =>
        Root.Usual(kind)
        ?? Replaced
            .SelectMany(person => person.Identifiers)
            .Where(identifier => identifier.Kind == kind && identifier.Use is IdentifierUse.Usual)
            .MaxBy(identifier => identifier.From)
            ?.Value;

    /// <summary>A number by which the person was known: a retired one first, else another record's.</summary>
    private string? Old()
    {
        var usual = Usual(IdentifierKind.PersonalId);
        var numbers = All.SelectMany(person => person.Identifiers).ToList();
        return numbers
                .Find(number =>
                    number.Use is IdentifierUse.Old && number.Kind is not IdentifierKind.Temporary
                )
                ?.Value
            ?? numbers
                .Find(number => number.Kind is IdentifierKind.PersonalId && number.Value != usual)
                ?.Value;
    }

    /// <summary>The facts of all records, in the order in which they were told; reads those that are not tracked yet.</summary>
    public async Task<List<Fact>> Facts(CitizensDb db, CancellationToken cancel)
    {
        var ids = All.Select(person => person.Id).ToList();
        var facts = await db.Facts.Where(fact => ids.Contains(fact.Citizen)).ToListAsync(cancel);
        foreach (var person in All.Where(person => !facts.Exists(f => f.Citizen == person.Id)))
        {
            // Registered before facts were kept: its row is what was told then.
            var added = FactValue
                .Of(person)
                .Select(told => new Fact
                {
                    Id = Guid.CreateVersion7(person.RegisteredAt),
                    Citizen = person.Id,
                    Field = told.Field,
                    Value = told.Value,
                    Source =
                        told.Field is CitizenField.Name
                        && person.Temporary is not TemporaryIdentity.None
                            ? FactSource.Temporary
                            : FactSource.Register,
                    At = person.RegisteredAt,
                })
                .ToList();
            db.Facts.AddRange(added);
            facts.AddRange(added);
        }
        return [.. facts.OrderBy(fact => fact.At).ThenBy(fact => fact.Id)];
    }
}
