using System.Globalization;
using Education.LearningRecords.Schools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Tuition;

/// <param name="Code">Letters, digits and hyphens, at most 20: <c>HP</c>, <c>BANTRU</c>.</param>
/// <param name="Amount">In đồng.</param>
/// <param name="OnceIn"><c>2026-09</c> for what is paid once; null for every month.</param>
/// <param name="Grade">Null for all grades.</param>
/// <param name="Class">Null for all classes.</param>
/// <param name="Chosen">Only for pupils who were chosen for it.</param>
public sealed record FeeItemRequest(
    string Code,
    string Name,
    long Amount,
    bool IsTuition = false,
    string? OnceIn = null,
    int? Grade = null,
    Guid? Class = null,
    bool Chosen = false
);

/// <param name="ValidFrom">Month from which this version holds, <c>2026-09</c>; null for the year's first.</param>
/// <param name="ByDay">A part of a month costs its days; else whoever was there for a day pays the month.</param>
/// <param name="ProvincialSupport">For pupils of private schools, in đồng a month.</param>
public sealed record FeePlanRequest(
    IReadOnlyList<FeeItemRequest> Items,
    bool IsPrivate = false,
    bool ByDay = false,
    long ProvincialSupport = 0,
    string? ValidFrom = null
);

/// <summary>
/// What a school charges in a year, published as versions that never change: what was billed by an older one is corrected in the next
/// month's bill.
/// </summary>
public sealed class PublishFeePlan(
    LearningRecordsDb db,
    SchoolAccess access,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    private const int MostItems = 40;
    private const long MostAmount = 100_000_000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string path = "/education/schools/{school}/fees/{year:int}";
        routes
            .MapGet(
                path,
                (string school, int year, PublishFeePlan feature, CancellationToken cancel) =>
                    feature.Read(school, year, cancel)
            )
            .Requires(Permission.ManageSchool);
        routes
            .MapPost(
                path,
                async (
                    string school,
                    int year,
                    FeePlanRequest request,
                    PublishFeePlan feature,
                    CancellationToken cancel
                ) =>
                    Results.Created(
                        $"/education/schools/{school}/fees/{year}",
                        await feature.Run(school, year, request, cancel)
                    )
            )
            .Requires(Permission.ManageSchool);
    }

    /// <summary>All versions, newest first.</summary>
    public async Task<IReadOnlyList<FeePlan>> Read(
        string school,
        int year,
        CancellationToken cancel = default
    )
    {
        await access.Demand(Permission.ManageSchool, school);
        return await db
            .FeePlans.AsNoTracking()
            .Include(plan => plan.Items.OrderBy(item => item.Position))
            .Where(plan => plan.SchoolCode == school && plan.Year == year)
            .OrderByDescending(plan => plan.Number)
            .ToListAsync(cancel);
    }

    /// <exception cref="Conflict">Somebody else has published at the same moment.</exception>
    public async Task<FeePlan> Run(
        string school,
        int year,
        FeePlanRequest request,
        CancellationToken cancel = default
    )
    {
        await access.Demand(Permission.ManageSchool, school);
        var planned =
            await db.SchoolYears.FirstOrDefaultAsync(
                known => known.SchoolCode == school && known.Year == year,
                cancel
            ) ?? throw new NotFound($"School year {school}/{year}");
        var (first, last) = (FirstOf(planned.Starts), FirstOf(planned.Ends));
        var from = request.ValidFrom is { } text ? Month("validFrom", text) : first;
        await Check(school, year, request, from, first, last, cancel);
        var numbers = db
            .FeePlans.Where(plan => plan.SchoolCode == school && plan.Year == year)
            .Select(plan => (int?)plan.Number);
        var plan = new FeePlan
        {
            SchoolCode = school,
            Year = year,
            Number = (await numbers.MaxAsync(cancel) ?? 0) + 1,
            IsPrivate = request.IsPrivate,
            ByDay = request.ByDay,
            ProvincialSupport = request.ProvincialSupport,
            FirstMonth = first,
            LastMonth = last,
            ValidFrom = from,
            PublishedAt = clock.GetUtcNow(),
            PublishedBy = access.Caller.Name,
        };
        plan.Items.AddRange(
            request.Items.Select(
                (item, index) =>
                    new FeeItem
                    {
                        PlanId = plan.Id,
                        Position = index + 1,
                        Code = item.Code.Trim(),
                        Name = item.Name.Trim(),
                        IsTuition = item.IsTuition,
                        Amount = item.Amount,
                        OnceIn = item.OnceIn is { } once ? Month("onceIn", once) : null,
                        Grade = item.Grade,
                        ClassId = item.Class,
                        Chosen = item.Chosen,
                    }
            )
        );
        db.FeePlans.Add(plan);
        if (await db.FeeBooks.FindAsync([school, year], cancel) is null)
        {
            db.FeeBooks.Add(new FeeBook { SchoolCode = school, Year = year });
        }
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException)
        {
            throw new Conflict(
                T.Of(
                    "Người khác vừa công bố mức thu; hãy xem lại.",
                    "Somebody else has just published a plan; look again."
                )
            );
        }
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Create,
                $"School/{school}/fees/{year}",
                [],
                Detail: $"{plan.Number}"
            ),
            cancel
        );
        return plan;
    }

    /// <summary>First day of the month that <c>2026-09</c> means.</summary>
    internal static DateOnly Month(string field, string? text) =>
        DateOnly.TryParseExact(
            $"{text?.Trim()}-01",
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var month
        )
            ? month
            : throw new InvalidInput(
                field,
                T.Of("ghi tháng như 2026-09.", "write a month like 2026-09.")
            );

    internal static DateOnly FirstOf(DateOnly day) => new(day.Year, day.Month, 1);

    private async Task Check(
        string school,
        int year,
        FeePlanRequest request,
        DateOnly from,
        DateOnly first,
        DateOnly last,
        CancellationToken cancel
    )
    {
        var errors = new List<FieldError>();
        if (request.Items is not { Count: > 0 and <= MostItems })
        {
            throw new InvalidInput(
                "items",
                T.Of($"cần từ 1 đến {MostItems} khoản thu.", $"1 to {MostItems} items are needed.")
            );
        }
        if (from < first || from > last)
        {
            errors.Add(
                new(
                    "validFrom",
                    T.Of("tháng nằm ngoài năm học.", "the month is outside of the school year.")
                )
            );
        }
        if (request.ProvincialSupport is < 0 or > MostAmount)
        {
            errors.Add(new("provincialSupport", Money()));
        }
        var classes = await db
            .Classes.Where(known => known.SchoolCode == school && known.Year == year)
            .Select(known => known.Id)
            .ToListAsync(cancel);
        foreach (var (item, index) in request.Items.Select((item, index) => (item, index)))
        {
            if (
                item.Code?.Trim() is not { Length: > 0 and <= 20 } code
                || !code.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-')
                || request.Items.Count(other => other.Code?.Trim() == code) > 1
            )
            {
                errors.Add(
                    new(
                        $"items[{index}].code",
                        T.Of(
                            "mã gồm chữ không dấu, số, gạch nối, không trùng nhau.",
                            "a code has letters, digits and hyphens, and stands once."
                        )
                    )
                );
            }
            if (item.Name?.Trim().Length is null or 0 or > 100)
            {
                errors.Add(
                    new(
                        $"items[{index}].name",
                        T.Of("cần từ 1 đến 100 ký tự.", "needs 1 to 100 characters.")
                    )
                );
            }
            if (item.Amount is <= 0 or > MostAmount)
            {
                errors.Add(new($"items[{index}].amount", Money()));
            }
            if (item.OnceIn is { } once && Month($"items[{index}].onceIn", once) is var month)
            {
                if (item.IsTuition || month < first || month > last)
                {
                    errors.Add(
                        new(
                            $"items[{index}].onceIn",
                            T.Of(
                                "thu một lần trong một tháng của năm học; học phí thu theo tháng.",
                                "once in a month of the school year; tuition is monthly."
                            )
                        )
                    );
                }
            }
            if (item.Grade is < 1 or > 12 || (item.Class is { } id && !classes.Contains(id)))
            {
                errors.Add(
                    new(
                        $"items[{index}].class",
                        T.Of(
                            "không có khối hoặc lớp này trong năm học.",
                            "the school year has no such grade or class."
                        )
                    )
                );
            }
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }

        static string Money() =>
            T.Of(
                $"số tiền từ 0 đến {MostAmount.Dong()}.",
                $"an amount between 0 and {MostAmount.Dong()}."
            );
    }
}
