using Microsoft.EntityFrameworkCore;
using SharedKernel.Citizens.Facts;
using SharedKernel.Citizens.Lookup;
using SharedKernel.Citizens.Places;
using SharedKernel.Contracts;

namespace SharedKernel.Citizens;

/// <summary>What the other modules see of this one.</summary>
internal sealed class CitizenDirectory(
    RegisterCitizen register,
    FindCitizens find,
    SearchCitizens search,
    LinkRecord link,
    MatchCitizens match,
    ReadFacts facts,
    ReadNumbers numbers,
    NoteGuardian noteGuardian,
    ReadCommune readCommune,
    CitizensDb db
) : ICitizens
{
    public CitizenDetails FromCard(string qr) => ReadIdentityCard.Run(qr);

    public CommuneOfResidence? ReadCommune(string? typed) => readCommune.Run(typed);

    public Task<CitizenRegistration> Register(CitizenDetails details, CancellationToken cancel) =>
        register.Run(details, cancel);

    public Task<CitizenRegistration> Register(
        CitizenDetails details,
        FactSource source,
        IReadOnlyCollection<CitizenId> others,
        CancellationToken cancel
    ) => register.Run(details, source, others, cancel);

    public Task<IReadOnlyList<PossibleMatch>> Match(
        CitizenDetails details,
        int most,
        CancellationToken cancel
    ) => match.Run(details, most, cancel);

    public async Task<CitizenRecords?> RecordsOf(CitizenId id, CancellationToken cancel) =>
        (await PersonGroup.Load(db.People.AsNoTracking(), [id], cancel)) is [var person]
            ? new(person.Root.Id, [.. person.Replaced.Select(replaced => replaced.Id)])
            : null;

    public Task<IReadOnlyList<CitizenFact>> Facts(CitizenId id, CancellationToken cancel) =>
        facts.Run(id, cancel);

    public Task<IReadOnlyList<CitizenNumber>> Numbers(CitizenId id, CancellationToken cancel) =>
        numbers.Run(id, cancel);

    public Task NoteGuardian(
        CitizenId ward,
        CitizenId guardian,
        FactSource source,
        CancellationToken cancel
    ) => noteGuardian.Run(ward, guardian, source, cancel);

    public Task Link(CitizenId id, string record, CancellationToken cancel) =>
        link.Run(id, record, cancel);

    public Task<Citizen?> Find(CitizenId id, CancellationToken cancel) => find.Run(id, cancel);

    public Task<IReadOnlyDictionary<CitizenId, Citizen>> Find(
        IReadOnlyCollection<CitizenId> ids,
        CancellationToken cancel
    ) => find.Run(ids, cancel);

    public Task<Citizen?> FindByPersonalId(string personalId, CancellationToken cancel) =>
        find.Run(personalId, cancel);

    public Task<IReadOnlyList<Citizen>> Search(string text, int limit, CancellationToken cancel) =>
        search.Run(text, limit, cancel);
}
