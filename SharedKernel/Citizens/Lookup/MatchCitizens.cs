using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Citizens.Match;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Citizens.Lookup;

/// <summary>
/// "This looks like …": who in the register somebody could be. Candidates come from the blocks of the database, weights and reasons from
/// the engine that also finds doubles in the whole register.
/// </summary>
public sealed class MatchCitizens(
    CitizensDb db,
    MatchModel model,
    IAccess access,
    ICurrentCaller current,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    private const int MostResults = 50;

    /// <summary>Candidates weighed for one look-up; the rules are asked in their order, the most telling first.</summary>
    private const int MostCandidates = 400;

    public static void AddServices(IServiceCollection services) =>
        services.AddSingleton<MatchModel>();

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/api/citizens/match",
                (
                    CitizenDetails details,
                    int? most,
                    MatchCitizens feature,
                    CancellationToken cancel
                ) => feature.Run(details, most ?? 10, cancel)
            )
            .Requires(Permission.RegisterCitizens);

    /// <param name="most">At most 50.</param>
    /// <exception cref="AccessDenied">The caller may neither register people nor read other people's health records.</exception>
    /// <exception cref="InvalidInput">A field is wrong, such as a personal ID that is not 12 digits.</exception>
    public async Task<IReadOnlyList<PossibleMatch>> Run(
        CitizenDetails details,
        int most,
        CancellationToken cancel = default
    )
    {
        // Who reads Patients at work may search by likeness as well, which FHIR's Patient/$match then shows of those alone.
        if (
            access.ReachOf(current.Caller, Permission.ReadHealthRecords)
            is not (Reach.All or Reach.Organisation)
        )
        {
            access.Demand(current.Caller, Permission.RegisterCitizens);
        }
        var found = await Find(
            CitizenForm.CheckAsked(details, clock.Today()),
            Math.Clamp(most, 1, MostResults),
            null,
            cancel
        );
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Read,
                "Citizen/$match",
                [.. found.Select(match => match.Citizen.Id.ToString())]
            ),
            cancel
        );
        return found;
    }

    /// <param name="details">Checked; see <see cref="CitizenForm"/>.</param>
    /// <param name="except">A record that is not to be found, with all that are the same person.</param>
    internal async Task<IReadOnlyList<PossibleMatch>> Find(
        CitizenDetails details,
        int most,
        CitizenId? except,
        CancellationToken cancel
    )
    {
        var weigher = await model.Weigher(db, cancel);
        var ids = await Candidates(model.Keys.Blocks(details), cancel);
        var people = (await PersonGroup.Load(db.People.AsNoTracking(), ids, cancel)).FindAll(
            group => except is null || group.All.All(person => person.Id != except)
        );
        // A record that was replaced may be the one that looks alike: each is weighed, the best speaks for its person.
        var records = people
            .SelectMany(group => group.All.Select(person => (Group: group, Person: person)))
            .ToList();
        var likely = weigher.Find(
            records.Count,
            CitizenSchema.Values(details),
            records.ConvertAll(record =>
                CitizenSchema.Values(DetailsOf(record.Group, record.Person))
            )
        );
        return
        [
            .. likely
                .DistinctBy(match => records[match.Row].Group.Root.Id)
                .Take(most)
                .Select(match => Told(records[match.Row].Group.ToCitizen(), match.Explanation)),
        ];
    }

    internal static PossibleMatch Told(Citizen citizen, Explanation explanation) =>
        new(
            citizen,
            explanation.Weight,
            explanation.Probability,
            explanation.Grade,
            explanation.Fields.Any(evidence =>
                evidence.Field.Name == "personalId" && evidence.Level == PersonalIdComparison.Same
            ),
            [.. explanation.Fields.Select(evidence => evidence.ToString())],
            explanation.Doubts
        );

    private static CitizenDetails DetailsOf(PersonGroup group, Person person) =>
        person == group.Root
            ? group.ToCitizen().Details
            : new PersonGroup(person, []).ToCitizen().Details;

    private async Task<List<CitizenId>> Candidates(
        IEnumerable<MatchKeys.Block> blocks,
        CancellationToken cancel
    )
    {
        var found = new HashSet<CitizenId>();
        foreach (var block in blocks.TakeWhile(_ => found.Count < MostCandidates))
        {
            var coarse = await In(block.Coarse, block.Most + 1);
            found.UnionWith(
                coarse.Count > block.Most && block.Fine != 0
                    ? await In(block.Fine, 4 * block.Most)
                    : coarse
            );
        }
        return [.. found.Take(MostCandidates)];

        async Task<List<CitizenId>> In(long plain, int most)
        {
            var rows = await Under(model.Keys.Keyed(plain), most);
            if (!model.Keys.AreAllKeyed)
            {
                rows.AddRange(await Under(plain, most));
            }
            return rows;
        }

        Task<List<CitizenId>> Under(long key, int most) =>
            db
                .MatchKeys.Where(row => row.Key == key)
                .OrderBy(row => row.Citizen)
                .Select(row => row.Citizen)
                .Take(most)
                .ToListAsync(cancel);
    }
}
