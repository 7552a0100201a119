using Microsoft.EntityFrameworkCore;
using SharedKernel.Citizens.Lookup;
using SharedKernel.Citizens.Places;
using SharedKernel.Contracts;
using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Citizens.Facts;

/// <summary>
/// Adds what was told about a person to what is known: facts, numbers, words of the name, blocks of the engine. Nothing is saved
/// here; the caller saves all of it at once.
/// </summary>
public sealed class ToldFacts(
    CitizensDb db,
    MatchModel model,
    Vault vault,
    AdministrativeUnits units,
    ICurrentCaller current,
    TimeProvider clock
)
{
    /// <summary>A person who was not known, with all that hangs off them.</summary>
    /// <param name="disputed">The personal ID belongs to somebody else; it is noted and not claimed.</param>
    public Person New(
        CitizenDetails details,
        FactSource source,
        bool disputed,
        string? claim,
        List<string> warnings
    )
    {
        var person = new Person
        {
            Id = CitizenId.New(),
            FullName = details.FullName,
            NameKey = NameKey.Of(details.FullName),
            Temporary = details.Temporary,
            RegisteredAt = clock.GetUtcNow(),
            Claim = claim,
        };
        var residence = Residence.Of(details, units, clock.Today());
        if (residence.Warning is { } warning)
        {
            warnings.Add(warning);
        }
        List<Fact> facts =
        [
            .. Told(details, residence)
                .Select(told => Fact(person.Id, told.Field, told.Value, source, details)),
        ];
        Survivorship.Show(person, facts);
        person.Identifiers.AddRange(
            Numbers(
                person.Id,
                details,
                disputed ? IdentifierKind.DisputedPersonalId : IdentifierKind.PersonalId
            )
        );
        person.Words.AddRange(Words(person, NameKey.Words(details.FullName)));
        db.People.Add(person);
        db.Facts.AddRange(facts);
        db.MatchKeys.AddRange(
            model
                .Keys.Of(new PersonGroup(person, []).ToCitizen().Details)
                .Select(key => new MatchKey { Key = key, Citizen = person.Id })
        );
        return person;
    }

    /// <returns>Whether what is shown of the person has changed.</returns>
    public async Task<bool> Add(
        PersonGroup group,
        CitizenDetails details,
        FactSource source,
        CancellationToken cancel
    )
    {
        var shown = group.ToCitizen();
        var facts = await group.Facts(db, cancel);
        var residence = Residence.Of(details, units, clock.Today());
        foreach (var (field, value) in Told(details, residence))
        {
            var fact = Fact(group.Root.Id, field, value, source, details);
            if (!Survivorship.IsNews(facts, fact))
            {
                continue;
            }
            facts.Add(fact);
            db.Facts.Add(fact);
        }
        Survivorship.Show(group.Root, facts);
        foreach (
            var number in Numbers(group.Root.Id, details, KindOfPersonalId(group, details))
                .Where(told =>
                    !group
                        .All.SelectMany(person => person.Identifiers)
                        .Any(had =>
                            had.Kind == told.Kind
                            && (
                                had.Value == told.Value
                                || told.Use is IdentifierUse.Usual && had.Use is IdentifierUse.Usual
                            )
                        )
                )
                .ToList()
        )
        {
            group.Root.Identifiers.Add(number);
        }
        await Index(group, cancel);
        return group.ToCitizen() != shown;
    }

    /// <summary>Makes the person findable by what is shown now; what they were found by before stays.</summary>
    public async Task Index(PersonGroup group, CancellationToken cancel)
    {
        var root = group.Root;
        var words = await db
            .NameWords.Where(word => word.Citizen == root.Id)
            .Select(word => word.Word)
            .ToListAsync(cancel);
        db.NameWords.AddRange(Words(root, NameKey.Words(root.FullName).Except(words)));
        var keys = await db
            .MatchKeys.Where(key => key.Citizen == root.Id)
            .Select(key => key.Key)
            .ToListAsync(cancel);
        db.MatchKeys.AddRange(
            model
                .Keys.Of(group.ToCitizen().Details)
                .Except(keys)
                .Select(key => new MatchKey { Key = key, Citizen = root.Id })
        );
    }

    /// <summary>A number that is in dispute stays so until somebody decides.</summary>
    private static IdentifierKind KindOfPersonalId(PersonGroup group, CitizenDetails details) =>
        group
            .All.SelectMany(person => person.Identifiers)
            .Any(had =>
                had.Kind is IdentifierKind.DisputedPersonalId && had.Value == details.PersonalId
            )
            ? IdentifierKind.DisputedPersonalId
            : IdentifierKind.PersonalId;

    private static IEnumerable<(CitizenField Field, string Value)> Told(
        CitizenDetails details,
        Residence residence
    ) => FactValue.Of(details with { CommuneCode = residence.Commune }, residence.Divided);

    private Fact Fact(
        CitizenId citizen,
        CitizenField field,
        string value,
        FactSource source,
        CitizenDetails details
    ) =>
        new()
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            Citizen = citizen,
            Field = field,
            Value = value,
            Source =
                field is CitizenField.Name
                && details.Temporary is (TemporaryIdentity.Newborn or TemporaryIdentity.Unknown)
                    ? FactSource.Temporary
                    : source,
            Organisation = current.Caller.Organisation,
            At = clock.GetUtcNow(),
        };

    private static IEnumerable<NameWord> Words(Person person, IEnumerable<string> words) =>
        words.Select(word => new NameWord { Word = word, Citizen = person.Id });

    private IEnumerable<Identifier> Numbers(
        CitizenId citizen,
        CitizenDetails details,
        IdentifierKind kindOfPersonalId
    )
    {
        var now = clock.GetUtcNow();
        (IdentifierKind Kind, string? Value, IdentifierUse Use)[] told =
        [
            (kindOfPersonalId, details.PersonalId, IdentifierUse.Usual),
            (IdentifierKind.Insurance, details.InsuranceNumber, IdentifierUse.Usual),
            (IdentifierKind.Passport, details.Passport, IdentifierUse.Usual),
            (IdentifierKind.Temporary, details.TemporaryNumber, IdentifierUse.Usual),
            (IdentifierKind.OldIdentityCard, details.OldIdentityNumber, IdentifierUse.Old),
        ];
        return told.Where(number => number.Value is not null)
            .Select(number =>
                Identifier.Of(
                    vault,
                    citizen,
                    number.Kind,
                    number.Value!,
                    number.Use,
                    now,
                    number.Use is IdentifierUse.Old ? now : null
                )
            );
    }
}
