using System.Globalization;
using System.Text.Json.Serialization;
using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Schools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Tuition;

[JsonConverter(typeof(JsonStringEnumConverter<BillState>))]
public enum BillState
{
    /// <summary>Will be billed.</summary>
    New,

    /// <summary>Has a bill of this month already.</summary>
    Billed,
    NothingToPay,
}

/// <param name="Lines">What will be billed, or was.</param>
/// <param name="Credit">What late changes owe to the family beyond this bill, in đồng: it waits for the next.</param>
public sealed record PupilBill(
    Guid Student,
    string Name,
    BillState State,
    IReadOnlyList<FeeBillLine> Lines,
    long Credit,
    Guid? Invoice
)
{
    public long Due => Lines.Sum(line => line.Due);
    public long Covered => Lines.Sum(line => line.Covered);
}

/// <param name="Month">First day.</param>
/// <param name="Unfinished">Bills whose invoices were not made because the work was interrupted; running it again makes them.</param>
public sealed record ClassBills(
    Guid Class,
    string Name,
    string School,
    int Year,
    DateOnly Month,
    IReadOnlyList<PupilBill> Pupils,
    int Unfinished
);

/// <summary>
/// Bills a class for a month in one action: the plan that holds, each pupil's days at the school and approved policies, and what has
/// changed since for months billed before, as lines of their own. Nobody is billed twice for a month; the invoices are the kernel's.
/// </summary>
public sealed class BillClass(
    LearningRecordsDb db,
    SchoolAccess access,
    IInvoices invoices,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    /// <summary>Who pays what the family does not: the state budget.</summary>
    private const string State = "NSNN";
    private const int DaysToPay = 10;
    private const int MonthsAfter = 3;

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string path = "/education/classes/{id:guid}/bills/{month}";
        routes
            .MapGet(
                path,
                (Guid id, string month, BillClass feature, CancellationToken cancel) =>
                    feature.Preview(id, month, cancel)
            )
            .Requires(Permission.ManageSchool);
        routes
            .MapPost(
                path,
                (Guid id, string month, BillClass feature, CancellationToken cancel) =>
                    feature.Run(id, month, cancel)
            )
            .Requires(Permission.ManageSchool);
    }

    /// <param name="month"><c>2026-09</c>.</param>
    public async Task<ClassBills> Preview(
        Guid classId,
        string month,
        CancellationToken cancel = default
    )
    {
        var schoolClass = await access.Class(classId, Permission.ManageSchool, cancel);
        var bills = await Work(schoolClass, PublishFeePlan.Month("month", month), cancel);
        await Audit(AuditAction.Read, bills, bills.Pupils, cancel);
        return bills;
    }

    /// <summary>Bills whoever is not billed yet, and answers with what there is then.</summary>
    /// <exception cref="Conflict">Somebody else bills at the same moment.</exception>
    public async Task<ClassBills> Run(
        Guid classId,
        string month,
        CancellationToken cancel = default
    )
    {
        var schoolClass = await access.Class(classId, Permission.ManageSchool, cancel);
        var first = PublishFeePlan.Month("month", month);
        // Read before the work: whatever is read after it can only be newer, and then the save is refused.
        var book = await db.FeeBooks.FindAsync([schoolClass.SchoolCode, schoolClass.Year], cancel);
        var work = await Work(schoolClass, first, cancel);
        var made = work.Pupils.Where(pupil => pupil.State is BillState.New).ToList();
        foreach (var pupil in made)
        {
            db.FeeBills.Add(
                new FeeBill
                {
                    SchoolCode = schoolClass.SchoolCode,
                    Year = schoolClass.Year,
                    Month = first,
                    StudentId = new CitizenId(pupil.Student),
                    ClassId = classId,
                    At = clock.GetUtcNow(),
                    By = access.Caller.Name,
                    Lines = [.. pupil.Lines],
                }
            );
        }
        try
        {
            if (made.Count > 0)
            {
                book!.Revision++;
                await db.SaveChangesAsync(cancel);
            }
        }
        catch (DbUpdateException)
        {
            throw new Conflict(
                T.Of(
                    "Người khác đang lập phiếu thu của trường; hãy xem lại rồi thử tiếp.",
                    "Somebody else is billing for this school; look again and retry."
                )
            );
        }
        await MakeInvoices(schoolClass, first, cancel);
        await Audit(AuditAction.Create, work, made, cancel);
        return await Work(schoolClass, first, cancel);
    }

    internal static string SourceOf(CitizenId student) => $"Tuition/{student}";

    private async Task MakeInvoices(
        SchoolClass schoolClass,
        DateOnly month,
        CancellationToken cancel
    )
    {
        var open = await db
            .FeeBills.Include(bill => bill.Lines.OrderBy(line => line.Position))
            .Where(bill =>
                bill.ClassId == schoolClass.Id && bill.Month == month && bill.InvoiceId == null
            )
            .ToListAsync(cancel);
        var school = await db
            .Schools.Where(known => known.Code == schoolClass.SchoolCode)
            .Select(known => known.Name)
            .SingleAsync(cancel);
        var students = open.Select(bill => bill.StudentId).ToList();
        var names = await db
            .Students.Where(student => students.Contains(student.Id))
            .ToDictionaryAsync(student => student.Id, student => student.FullName, cancel);
        var today = clock.Today();
        var monthEnds = month.AddMonths(1).AddDays(-1);
        var due = monthEnds > today.AddDays(DaysToPay) ? monthEnds : today.AddDays(DaysToPay);
        foreach (var bill in open)
        {
            var invoice = await invoices.Issue(
                new(
                    schoolClass.SchoolCode,
                    InvoicePurpose.Tuition,
                    names[bill.StudentId],
                    [.. bill.Lines.Select(ChargeOf)],
                    $"Tuition/{bill.Id}",
                    bill.StudentId,
                    SourceOf(bill.StudentId),
                    due,
                    school
                ),
                cancel
            );
            bill.InvoiceId = invoice.Id;
            // One by one: whatever stops the work, no invoice is left that its bill does not know.
            await db.SaveChangesAsync(cancel);
        }
    }

    private static Charge ChargeOf(FeeBillLine line) =>
        new(
            PriceItemKind.Service,
            line.Code,
            PriceKind.SelfPay,
            1,
            line.Covered == 0 ? null : [new(State, line.Covered)],
            new(line.Name, "tháng", line.Amount)
        );

    private async Task<ClassBills> Work(
        SchoolClass schoolClass,
        DateOnly month,
        CancellationToken cancel
    )
    {
        var (school, year) = (schoolClass.SchoolCode, schoolClass.Year);
        var plans = await db
            .FeePlans.AsNoTracking()
            .Include(plan => plan.Items.OrderBy(item => item.Position))
            .Where(plan => plan.SchoolCode == school && plan.Year == year)
            .OrderByDescending(plan => plan.Number)
            .ToListAsync(cancel);
        if (plans.Count == 0)
        {
            throw new Conflict(
                T.Of(
                    "Trường chưa công bố mức thu của năm học này.",
                    "The school has published no fees for this year."
                )
            );
        }
        if (month < plans[0].FirstMonth || month > plans[0].LastMonth.AddMonths(MonthsAfter))
        {
            throw new InvalidInput(
                "month",
                T.Of("tháng nằm ngoài năm học.", "the month is outside of the school year.")
            );
        }
        var students = await db
            .Enrolments.Where(row => row.ClassId == schoolClass.Id && row.Present)
            .Select(row => row.StudentId)
            .Distinct()
            .ToListAsync(cancel);
        var rows = (
            await db
                .Enrolments.AsNoTracking()
                .Where(row =>
                    row.SchoolCode == school
                    && row.Year == year
                    && row.Present
                    && students.Contains(row.StudentId)
                )
                .OrderBy(row => row.From)
                .ToListAsync(cancel)
        ).ToLookup(row => row.StudentId);
        var grants = (
            await db
                .FeeGrants.AsNoTracking()
                .Where(grant =>
                    grant.SchoolCode == school
                    && grant.State == FeeGrantState.Approved
                    && students.Contains(grant.StudentId)
                )
                .ToListAsync(cancel)
        ).ToLookup(grant => grant.StudentId);
        var choices = (
            await db
                .FeeChoices.AsNoTracking()
                .Where(choice =>
                    choice.SchoolCode == school
                    && choice.Year == year
                    && students.Contains(choice.StudentId)
                )
                .ToListAsync(cancel)
        ).ToLookup(choice => choice.StudentId);
        var bills = (
            await db
                .FeeBills.AsNoTracking()
                .Include(bill => bill.Lines.OrderBy(line => line.Position))
                .Where(bill =>
                    bill.SchoolCode == school
                    && bill.Year == year
                    && students.Contains(bill.StudentId)
                )
                .ToListAsync(cancel)
        ).ToLookup(bill => bill.StudentId);
        var classIds = rows.SelectMany(group => group).Select(row => row.ClassId).ToHashSet();
        var grades = await db
            .Classes.Where(known => classIds.Contains(known.Id))
            .ToDictionaryAsync(known => known.Id, known => known.Grade, cancel);
        var cancelled =
            bills.Count == 0
                ? []
                : (await invoices.Of([.. students.Select(SourceOf)], cancel))
                    .Where(invoice => invoice.State is PaymentState.Cancelled)
                    .Select(invoice => (Guid?)invoice.Id)
                    .ToHashSet();
        var names = await db
            .Students.Where(student => students.Contains(student.Id))
            .ToDictionaryAsync(student => student.Id, student => student.FullName, cancel);
        var end = month.AddMonths(1).AddDays(-1);
        return new(
            schoolClass.Id,
            schoolClass.Name,
            school,
            year,
            month,
            [
                .. students
                    // Who has moved is billed where the month ended.
                    .Where(student =>
                        rows[student].LastOrDefault(row => row.From <= end)?.ClassId
                        == schoolClass.Id
                    )
                    .Select(student =>
                        new PupilFees(
                            plans,
                            [.. rows[student]],
                            grades,
                            [.. grants[student]],
                            [.. choices[student]]
                        ).Bill(student, names[student], month, [.. bills[student]], cancelled)
                    )
                    .OrderBy(pupil => pupil.Name, StringComparer.Ordinal),
            ],
            bills
                .SelectMany(group => group)
                .Count(bill =>
                    bill.ClassId == schoolClass.Id && bill.Month == month && bill.InvoiceId is null
                )
        );
    }

    private ValueTask Audit(
        AuditAction action,
        ClassBills bills,
        IReadOnlyList<PupilBill> pupils,
        CancellationToken cancel
    ) =>
        audit.Record(
            access.Caller,
            new AuditEntry(
                action,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Class/{bills.Class}/bills/{bills.Month:yyyy-MM}"
                ),
                [.. pupils.Select(pupil => $"{new CitizenId(pupil.Student)}")]
            ),
            cancel
        );
}
