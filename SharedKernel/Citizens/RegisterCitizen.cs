using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Citizens.Facts;
using SharedKernel.Citizens.Lookup;
using SharedKernel.Citizens.Match;
using SharedKernel.Citizens.Review;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Persistence.Sealing;
using SharedKernel.Ui;

namespace SharedKernel.Citizens;

/// <summary>
/// Registers a person, or finds that the person is registered: the personal ID is the same in every sector (Decree
/// 102/2025/NĐ-CP, article 6), so whoever comes second gets the first one's record, with its gaps filled. Nobody is merged by the
/// machine: lookalikes are named and put before a person, and so is one personal ID told for two people.
/// </summary>
public sealed class RegisterCitizen(
    CitizensDb db,
    MatchCitizens match,
    MatchModel model,
    ToldFacts told,
    ReviewQueue review,
    Vault vault,
    IAccess access,
    ICurrentCaller current,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    private const int MostMatches = 10;
    private const string TemporaryAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    public static void AddServices(IServiceCollection services) =>
        services.AddScoped<ToldFacts>().AddScoped<ReviewQueue>();

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/api/citizens",
                async (
                    CitizenDetails details,
                    RegisterCitizen register,
                    CancellationToken cancel
                ) =>
                {
                    var registration = await register.Run(details, cancel);
                    return registration.IsNew
                        ? Results.Created($"/api/citizens/{registration.Citizen.Id}", registration)
                        : Results.Ok(registration);
                }
            )
            .Requires(Permission.RegisterCitizens);

    /// <inheritdoc cref="Run(CitizenDetails, FactSource, IReadOnlyCollection{CitizenId}, CancellationToken)"/>
    public Task<CitizenRegistration> Run(
        CitizenDetails details,
        CancellationToken cancel = default
    ) => Run(details, FactSource.Register, [], cancel);

    /// <param name="source">Who told it; see <see cref="Survivorship"/>.</param>
    /// <param name="others">Lookalikes that the one who registers has judged to be other people.</param>
    /// <exception cref="InvalidInput">A field is wrong, such as a personal ID that is not 12 digits.</exception>
    public async Task<CitizenRegistration> Run(
        CitizenDetails details,
        FactSource source,
        IReadOnlyCollection<CitizenId> others,
        CancellationToken cancel = default
    )
    {
        access.Demand(current.Caller, Permission.RegisterCitizens);
        details = CitizenForm.Check(details, clock.Today());
        var registration = await OptimisticWrite.Run(
            db,
            () => Recorded(details, source, cancel),
            cancel
        );
        if (!registration.IsNew)
        {
            return registration;
        }
        // After the record is in: of two counters at once, at least one sees the other.
        var id = registration.Citizen.Id;
        var matches = await match.Find(registration.Citizen.Details, MostMatches, id, cancel);
        await review.Save(id, matches, others, cancel);
        return registration with
        {
            Matches = matches,
            Warnings =
            [
                .. registration.Warnings,
                .. matches.Where(found => !others.Contains(found.Citizen.Id)).Select(Warning),
                .. await HoldersOfNumbers(details, id, matches, cancel),
            ],
        };
    }

    private async Task<CitizenRegistration> Recorded(
        CitizenDetails details,
        FactSource source,
        CancellationToken cancel
    )
    {
        var (known, holder) = await Known(details, cancel);
        return known is null
            ? await New(details, source, holder, cancel)
            : await Again(known, details, source, cancel);
    }

    private async Task<CitizenRegistration> New(
        CitizenDetails details,
        FactSource source,
        PersonGroup? holder,
        CancellationToken cancel
    )
    {
        var warnings = CitizenForm.Doubts(details);
        var person = told.New(
            WithTemporaryNumber(details),
            source,
            holder is not null,
            Claim(details) is { } form ? SealedNumber.Claim(vault, form) : null,
            warnings
        );
        if (holder is not null)
        {
            review.Add(person.Id, holder.Root.Id, ReviewReason.SamePersonalId, 0);
            var whose = Describe(holder.ToCitizen());
            warnings.Add(
                T.Of(
                    $"Số định danh {details.PersonalId} đã thuộc về {whose}, khác cả tên và ngày sinh. Hồ sơ mới chưa được gắn số này; việc trùng số chờ người xem xét.",
                    $"The personal ID {details.PersonalId} belongs to {whose}, of another name and birth date. The new record does not carry it; the clash waits for a decision."
                )
            );
        }
        db.Publish(new CitizenRegistered(Guid.CreateVersion7(), person.RegisteredAt, person.Id));
        await db.SaveChangesAsync(cancel);
        await Record(AuditAction.Create, person.Id, cancel);
        return new(new PersonGroup(person, []).ToCitizen(), IsNew: true, warnings, []);
    }

    /// <returns>The person, or, when the personal ID is somebody else's, whose it is.</returns>
    private async Task<(PersonGroup? Known, PersonGroup? Holder)> Known(
        CitizenDetails details,
        CancellationToken cancel
    )
    {
        var claim = Claim(details);
        if (details.PersonalId is null && claim is null)
        {
            return (null, null);
        }
        // Both forms: a row of before is sealed in the background.
        var keyed = claim is null ? null : SealedNumber.Claim(vault, claim);
        var numbers = SealedNumber.Forms(vault, details.PersonalId);
        var ids = await db
            .People.Where(person =>
                claim != null && (person.Claim == keyed || person.Claim == claim)
                || person.Identifiers.Any(identifier =>
                    (
                        identifier.Kind == IdentifierKind.PersonalId
                        || identifier.Kind == IdentifierKind.DisputedPersonalId
                    ) && numbers.Contains(identifier.Key)
                )
            )
            .OrderBy(person => person.Id)
            .Select(person => person.Id)
            .Take(10)
            .ToListAsync(cancel);
        var groups = await PersonGroup.Load(db.People, ids, cancel);
        if (details.PersonalId is null)
        {
            return (groups.FirstOrDefault(), null);
        }
        var weigher = await model.Weigher(db, cancel);
        return groups.Find(group => !IsAnother(weigher, group, details)) is { } same
            ? (same, null)
            : (null, groups.FirstOrDefault());
    }

    /// <summary>The same number, but name and birth date say that it is somebody else.</summary>
    private static bool IsAnother(Weigher weigher, PersonGroup known, CitizenDetails details) =>
        weigher
            .Explain(
                CitizenSchema.Values(details),
                CitizenSchema.Values(
                    known.ToCitizen().Details with
                    {
                        PersonalId = details.PersonalId,
                    }
                )
            )
            .Doubts.Count > 0;

    /// <summary>What was not known is filled in; where two say otherwise, the source and the date decide.</summary>
    private async Task<CitizenRegistration> Again(
        PersonGroup known,
        CitizenDetails details,
        FactSource source,
        CancellationToken cancel
    )
    {
        var warnings = CitizenForm.Doubts(details);
        var changed = await told.Add(known, details, source, cancel);
        var citizen = known.ToCitizen();
        if (NameKey.Of(citizen.Details.FullName) != NameKey.Of(details.FullName))
        {
            warnings.Add(
                T.Of(
                    $"Số định danh này đã được đăng ký với tên {citizen.Details.FullName}; tên đó được giữ nguyên.",
                    $"This personal ID is registered under the name {citizen.Details.FullName}, which is kept."
                )
            );
        }
        if (
            citizen.Details.BirthDate is { } birth
            && details.BirthDate is { } date
            && date != birth
        )
        {
            warnings.Add(
                T.Of(
                    $"Ngày sinh đã đăng ký là {birth.Text()}; ngày đó được giữ nguyên.",
                    $"The registered birth date is {birth.Text()}, which is kept."
                )
            );
        }
        var isNews = db.ChangeTracker.HasChanges();
        if (isNews)
        {
            known.Root.Version++;
        }
        if (changed)
        {
            db.Publish(
                new CitizenCorrected(Guid.CreateVersion7(), clock.GetUtcNow(), known.Root.Id)
            );
        }
        await db.SaveChangesAsync(cancel);
        await Record(isNews ? AuditAction.Update : AuditAction.Read, known.Root.Id, cancel);
        return new(citizen, IsNew: false, warnings, []);
    }

    /// <summary>
    /// Hash of all that was told, for a form without a personal ID that says enough to be one person's: two counters that send it at
    /// once, or a button pressed twice, make one record.
    /// </summary>
    private static string? Claim(CitizenDetails details) =>
        details is { PersonalId: null, BirthDate.Day: not null }
        && (details.Address ?? details.Phone) is not null
            ? Convert.ToHexString(
                SHA256.HashData(
                    Encoding.UTF8.GetBytes(
                        string.Join(
                            '|',
                            details.FullName.ToLowerInvariant(),
                            details.BirthDate,
                            details.Sex,
                            details.Phone?.Replace(" ", "", StringComparison.Ordinal),
                            details.CommuneCode,
                            details.Address?.ToLowerInvariant(),
                            details.InsuranceNumber,
                            details.OldIdentityNumber,
                            details.Passport
                        )
                    )
                )
            )
            : null;

    private static CitizenDetails WithTemporaryNumber(CitizenDetails details) =>
        details is { PersonalId: null, Temporary: not TemporaryIdentity.None }
            ? details with
            {
                TemporaryNumber = "TAM-" + RandomNumberGenerator.GetString(TemporaryAlphabet, 8),
            }
            : details;

    private static string Warning(PossibleMatch match) =>
        T.Of(
            $"Có vẻ đã đăng ký: {Describe(match.Citizen)} ({match.Score:P0} là một người). Hãy kiểm tra trước khi dùng hồ sơ mới.",
            $"This looks like somebody registered: {Describe(match.Citizen)} ({match.Score:P0} that they are one person). Check before using the new record."
        );

    /// <summary>Numbers are told, not proven; whose they are too is said even where nothing else looks alike.</summary>
    private async Task<IEnumerable<string>> HoldersOfNumbers(
        CitizenDetails details,
        CitizenId except,
        IReadOnlyList<PossibleMatch> named,
        CancellationToken cancel
    )
    {
        string?[] numbers = [details.InsuranceNumber, details.OldIdentityNumber, details.Passport];
        var told = numbers.SelectMany(number => SealedNumber.Forms(vault, number)).ToList();
        if (told.Count == 0)
        {
            return [];
        }
        var ids = await db
            .Identifiers.Where(number => told.Contains(number.Key) && number.Citizen != except)
            .Select(number => number.Citizen)
            .Distinct()
            .OrderBy(citizen => citizen)
            .Take(5)
            .ToListAsync(cancel);
        return (await PersonGroup.Load(db.People.AsNoTracking(), ids, cancel))
            .Select(group => group.ToCitizen())
            .ExceptBy(named.Select(match => match.Citizen.Id), citizen => citizen.Id)
            .Select(holder =>
                T.Of(
                    $"Số thẻ bảo hiểm, hộ chiếu hoặc số giấy tờ cũ này đã thuộc về {Describe(holder)}.",
                    $"This insurance, passport or old card number already belongs to {Describe(holder)}."
                )
            );
    }

    private static string Describe(Citizen citizen) =>
        string.Join(
            ", ",
            new[]
            {
                citizen.Details.FullName,
                citizen.Details.BirthDate?.Text(),
                citizen.Details.Address,
            }.Where(part => !string.IsNullOrEmpty(part))
        );

    private ValueTask Record(AuditAction action, CitizenId id, CancellationToken cancel) =>
        audit.Record(
            current.Caller,
            new(action, $"Citizen/{id}", [id.ToString()], Detail: "register"),
            cancel
        );
}
