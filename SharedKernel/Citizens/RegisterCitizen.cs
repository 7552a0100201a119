using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace SharedKernel.Citizens;

/// <summary>
/// Registers a person, or finds that the person is registered: the personal ID is the same in every sector (Decree
/// 102/2025/NĐ-CP, article 6), so whoever comes second gets the first one's record, with its gaps filled.
/// </summary>
public sealed class RegisterCitizen(
    CitizensDb db,
    IAccess access,
    ICurrentCaller current,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
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

    /// <exception cref="InvalidInput">A field is wrong, such as a personal ID that is not 12 digits.</exception>
    public async Task<CitizenRegistration> Run(
        CitizenDetails details,
        CancellationToken cancel = default
    )
    {
        access.Demand(current.Caller, Permission.RegisterCitizens);
        details = CitizenForm.Check(details, clock.Today());
        var warnings = CitizenForm.Doubts(details);
        if (await Known(details, cancel) is { } known)
        {
            return await Again(known, details, warnings, cancel);
        }
        warnings.AddRange(await Lookalikes(details, cancel));
        var person = New(details);
        db.People.Add(person);
        db.Publish(new CitizenRegistered(Guid.CreateVersion7(), person.RegisteredAt, person.Id));
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException) when (details.PersonalId is not null)
        {
            db.ChangeTracker.Clear();
            if (await Known(details, cancel) is not { } meanwhile)
            {
                throw;
            }
            return await Again(meanwhile, details, CitizenForm.Doubts(details), cancel);
        }
        await Record(AuditAction.Create, person.Id, cancel);
        return new(person.ToCitizen(), IsNew: true, warnings);
    }

    private async Task<Person?> Known(CitizenDetails details, CancellationToken cancel) =>
        details.PersonalId is null
            ? null
            : await db
                .People.Include(person => person.Identifiers)
                .OrderBy(person => person.Id)
                .FirstOrDefaultAsync(
                    person =>
                        person.Identifiers.Any(identifier =>
                            identifier.Kind == IdentifierKind.PersonalId
                            && identifier.Value == details.PersonalId
                        ),
                    cancel
                );

    /// <summary>What was registered first stays; what was not known then is filled in.</summary>
    private async Task<CitizenRegistration> Again(
        Person known,
        CitizenDetails details,
        List<string> warnings,
        CancellationToken cancel
    )
    {
        if (NameKey.Of(known.FullName) != NameKey.Of(details.FullName))
        {
            warnings.Add(
                T.Of(
                    $"Số định danh này đã được đăng ký với tên {known.FullName}; tên đó được giữ nguyên.",
                    $"This personal ID is registered under the name {known.FullName}, which is kept."
                )
            );
        }
        if (known.BirthDate is { } birth && details.BirthDate is { } told && told != birth)
        {
            warnings.Add(
                T.Of(
                    $"Ngày sinh đã đăng ký là {birth.Text()}; ngày đó được giữ nguyên.",
                    $"The registered birth date is {birth.Text()}, which is kept."
                )
            );
        }
        known.BirthDate ??= details.BirthDate;
        known.Sex = known.Sex is Sex.Unknown ? details.Sex : known.Sex;
        known.Phone ??= details.Phone;
        known.Address ??= details.Address;
        known.CommuneCode ??= details.CommuneCode;
        known.Ethnicity ??= details.Ethnicity;
        foreach (
            var identifier in IdentifiersOf(known.Id, details)
                .Where(told =>
                    !known.Identifiers.Exists(had =>
                        had.Kind == told.Kind
                        && (had.Value == told.Value || told.Use is IdentifierUse.Usual)
                    )
                )
        )
        {
            known.Identifiers.Add(identifier);
        }
        var changed = await db.SaveChangesAsync(cancel) > 0;
        await Record(changed ? AuditAction.Update : AuditAction.Read, known.Id, cancel);
        return new(known.ToCitizen(), IsNew: false, warnings);
    }

    /// <summary>People who may be the same: told to the one who registers, decided by nobody but them.</summary>
    private async Task<List<string>> Lookalikes(CitizenDetails details, CancellationToken cancel)
    {
        var key = NameKey.Of(details.FullName);
        var same = await db
            .People.AsNoTracking()
            .Where(person => person.NameKey == key && person.BirthDate == details.BirthDate)
            .OrderBy(person => person.Id)
            .Take(5)
            .ToListAsync(cancel);
        var warnings = same.ConvertAll(person =>
            T.Of(
                $"Đã có người cùng họ tên và ngày sinh: {Describe(person)}. Hãy kiểm tra trước khi dùng hồ sơ mới.",
                $"Somebody with this name and birth date is registered: {Describe(person)}. Check before using the new record."
            )
        );
        var numbers = IdentifiersOf(default, details)
            .Where(identifier => identifier.Kind is not IdentifierKind.PersonalId)
            .Select(identifier => identifier.Value)
            .ToList();
        var holder = await db
            .People.AsNoTracking()
            .OrderBy(person => person.Id)
            .FirstOrDefaultAsync(
                person => person.Identifiers.Any(identifier => numbers.Contains(identifier.Value)),
                cancel
            );
        if (holder is not null && !same.Exists(person => person.Id == holder.Id))
        {
            warnings.Add(
                T.Of(
                    $"Số thẻ bảo hiểm hoặc số giấy tờ cũ này đã thuộc về {Describe(holder)}.",
                    $"This insurance number or old card number already belongs to {Describe(holder)}."
                )
            );
        }
        return warnings;
    }

    private static string Describe(Person person) =>
        string.Join(
            ", ",
            new[] { person.FullName, person.BirthDate?.Text(), person.Address }.Where(part =>
                !string.IsNullOrEmpty(part)
            )
        );

    private Person New(CitizenDetails details)
    {
        var person = new Person
        {
            Id = CitizenId.New(),
            FullName = details.FullName,
            NameKey = NameKey.Of(details.FullName),
            BirthDate = details.BirthDate,
            Sex = details.Sex,
            Phone = details.Phone,
            Address = details.Address,
            CommuneCode = details.CommuneCode,
            Ethnicity = details.Ethnicity,
            RegisteredAt = clock.GetUtcNow(),
        };
        person.Identifiers.AddRange(IdentifiersOf(person.Id, details));
        person.Words.AddRange(
            NameKey
                .Words(details.FullName)
                .Select(word => new NameWord { Word = word, Citizen = person.Id })
        );
        return person;
    }

    private IEnumerable<Identifier> IdentifiersOf(CitizenId citizen, CitizenDetails details)
    {
        var now = clock.GetUtcNow();
        (IdentifierKind Kind, string? Value, IdentifierUse Use)[] told =
        [
            (IdentifierKind.PersonalId, details.PersonalId, IdentifierUse.Usual),
            (IdentifierKind.Insurance, details.InsuranceNumber, IdentifierUse.Usual),
            (IdentifierKind.OldIdentityCard, details.OldIdentityNumber, IdentifierUse.Old),
        ];
        return told.Where(identifier => identifier.Value is not null)
            .Select(identifier => new Identifier
            {
                Citizen = citizen,
                Kind = identifier.Kind,
                Value = identifier.Value!,
                Use = identifier.Use,
                From = now,
                To = identifier.Use is IdentifierUse.Old ? now : null,
            });
    }

    private ValueTask Record(AuditAction action, CitizenId id, CancellationToken cancel) =>
        audit.Record(
            current.Caller,
            new(action, $"Citizen/{id}", [id.ToString()], Detail: "register"),
            cancel
        );
}
