using SharedKernel.Contracts;

namespace SharedKernel.Citizens;

/// <summary>What the other modules see of this one.</summary>
internal sealed class CitizenDirectory(
    RegisterCitizen register,
    FindCitizens find,
    SearchCitizens search,
    LinkRecord link
) : ICitizens
{
    public CitizenDetails FromCard(string qr) => ReadIdentityCard.Run(qr);

    public Task<CitizenRegistration> Register(CitizenDetails details, CancellationToken cancel) =>
        register.Run(details, cancel);

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
