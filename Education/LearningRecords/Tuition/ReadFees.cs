using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Documents;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Tuition;

/// <param name="Left">In đồng; below zero when too much was paid.</param>
public sealed record Debt(
    Guid Student,
    string Name,
    string? Class,
    Guid Invoice,
    string Reference,
    DateOnly DueOn,
    bool Overdue,
    long Left
);

/// <param name="Owed">All that is open, in đồng.</param>
/// <param name="Bills">Newest first, each with its VietQR payload and its receipts.</param>
/// <param name="Reasons">By invoice: why its lines are what they are.</param>
public sealed record FamilyFees(
    Guid Student,
    string Name,
    long Owed,
    IReadOnlyList<Invoice> Bills,
    IReadOnlyDictionary<Guid, IReadOnlyList<string>> Reasons,
    IReadOnlyList<FamilySupport> ToFamily
);

/// <summary>
/// What is owed: to the school all its debts, to pupil and parents their own bills with QR codes, receipts and reasons; and the letter
/// that reminds.
/// </summary>
public sealed class ReadFees(
    LearningRecordsDb db,
    SchoolAccess access,
    IInvoices invoices,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    private const float QrSide = 110;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/education/schools/{school}/debts",
                (string school, ReadFees feature, CancellationToken cancel) =>
                    feature.Debts(school, cancel)
            )
            .Requires(Permission.ManageSchool);
        routes
            .MapGet(
                "/education/schools/{school}/debts/{student:guid}/letter",
                async (string school, Guid student, ReadFees feature, CancellationToken cancel) =>
                    Results.File(
                        await feature.Letter(school, new CitizenId(student), cancel),
                        "application/pdf"
                    )
            )
            .Requires(Permission.ManageSchool);
        routes
            .MapGet(
                "/education/students/{id:guid}/fees",
                (Guid id, ReadFees feature, CancellationToken cancel) =>
                    feature.Of(new CitizenId(id), cancel)
            )
            .Requires(Permission.ReadLearningRecords);
    }

    /// <summary>Open bills, those overdue for longest first.</summary>
    public async Task<IReadOnlyList<Debt>> Debts(string school, CancellationToken cancel = default)
    {
        await access.Demand(Permission.ManageSchool, school);
        var open = await invoices.Open(school, InvoicePurpose.Tuition, cancel);
        var classes = await (
            from bill in db.FeeBills
            join known in db.Classes on bill.ClassId equals known.Id
            where bill.SchoolCode == school && bill.InvoiceId != null
            select new { Invoice = bill.InvoiceId!.Value, known.Name }
        ).ToDictionaryAsync(one => one.Invoice, one => one.Name, cancel);
        var today = clock.Today();
        return
        [
            .. open.Where(invoice => invoice.Payer is not null)
                .Select(invoice => new Debt(
                    invoice.Payer!.Value.Value,
                    invoice.PayerName,
                    classes.GetValueOrDefault(invoice.Id),
                    invoice.Id,
                    invoice.Reference,
                    invoice.DueOn,
                    invoice.Left > 0 && invoice.DueOn < today,
                    invoice.Left
                ))
                .OrderBy(debt => debt.DueOn)
                .ThenBy(debt => debt.Class, StringComparer.Ordinal)
                .ThenBy(debt => debt.Name, StringComparer.Ordinal),
        ];
    }

    /// <exception cref="AccessDenied">Neither the pupil, a guardian, nor the management of a school that has billed the pupil.</exception>
    public async Task<FamilyFees> Of(CitizenId student, CancellationToken cancel = default)
    {
        var name =
            await db
                .Students.Where(known => known.Id == student)
                .Select(known => known.FullName)
                .FirstOrDefaultAsync(cancel)
            ?? throw new NotFound($"Student {student}");
        var family = await access.IsOwnOrGuardian(student, cancel);
        var schools = await db
            .Enrolments.Where(row => row.StudentId == student)
            .Select(row => row.SchoolCode)
            .Distinct()
            .ToListAsync(cancel);
        var seen = schools
            .Where(school => family || access.May(Permission.ManageSchool, school))
            .ToList();
        if (seen.Count == 0)
        {
            await access.Refuse(Permission.ReadLearningRecords, $"Student/{student}/fees", student);
        }
        var bills = (await invoices.Of(BillClass.SourceOf(student), cancel))
            .Where(invoice => seen.Contains(invoice.Payee))
            .ToList();
        var reasons = (
            await db
                .FeeBills.AsNoTracking()
                .Include(bill => bill.Lines.OrderBy(line => line.Position))
                .Where(bill =>
                    bill.StudentId == student
                    && bill.InvoiceId != null
                    && seen.Contains(bill.SchoolCode)
                )
                .ToListAsync(cancel)
        ).ToDictionary(
            bill => bill.InvoiceId!.Value,
            bill =>
                (IReadOnlyList<string>)
                    [
                        .. bill
                            .Lines.Where(line => line.Because.Length > 0)
                            .Select(line => $"{line.Name}: {line.Because}"),
                    ]
        );
        await audit.Record(
            access.Caller,
            new AuditEntry(AuditAction.Read, $"Student/{student}/fees", [student.ToString()]),
            cancel
        );
        return new(
            student.Value,
            name,
            bills.Where(bill => bill.Left > 0).Sum(bill => bill.Left),
            bills,
            reasons,
            await ToFamily(student, seen, cancel)
        );
    }

    /// <summary>A reminder on paper with all that is open and a QR code for each bill.</summary>
    /// <exception cref="NotFound">The pupil owes this school nothing.</exception>
    public async Task<byte[]> Letter(
        string school,
        CitizenId student,
        CancellationToken cancel = default
    )
    {
        await access.Demand(Permission.ManageSchool, school);
        var open = (await invoices.Of(BillClass.SourceOf(student), cancel))
            .Where(invoice => invoice.Payee == school && invoice.Left > 0)
            .OrderBy(invoice => invoice.DueOn)
            .ToList();
        if (open.Count == 0)
        {
            throw new NotFound($"Debt of {student}");
        }
        await audit.Record(
            access.Caller,
            new AuditEntry(AuditAction.Read, $"Student/{student}/fees", [student.ToString()]),
            cancel
        );
        return Pdf(open, clock.Today());
    }

    private static byte[] Pdf(List<Invoice> open, DateOnly today)
    {
        var first = open[0];
        using var paper = new Paper(
            $"Thông báo học phí {first.PayerName}",
            $"{first.PayeeName} · {today.Text()}"
        );
        paper.Text(first.PayeeName.ToUpper(T.Vietnamese), Ink.Strong);
        paper.Text("THÔNG BÁO KHOẢN CHƯA NỘP", Ink.Title, Align.Center);
        paper.Gap(6);
        paper.Text($"Kính gửi gia đình em {first.PayerName},", Ink.Plain);
        paper.Text(
            $"Đến ngày {today.Text()}, gia đình còn {open.Sum(invoice => invoice.Left).Dong()} chưa nộp. Gia đình đã nộp xin bỏ qua thông báo này.",
            Ink.Plain
        );
        foreach (var invoice in open)
        {
            paper.Gap(8);
            paper.KeepTogether(QrSide + 8);
            var top = paper.Y;
            var text = paper.Left;
            if (invoice.Qr is { } qr)
            {
                paper.Qr(qr, paper.Left, top, QrSide);
                text += QrSide + 10;
            }
            foreach (var line in invoice.Lines)
            {
                paper.Text(
                    $"{line.Name}: {(line.Amount - line.Covered).Dong()}",
                    Ink.Plain,
                    Align.Left,
                    text,
                    paper.Right
                );
            }
            paper.Fact("Còn phải nộp:", invoice.Left.Dong(), text, paper.Right);
            paper.Fact("Hạn nộp:", invoice.DueOn.Text(), text, paper.Right);
            paper.Fact("Nội dung chuyển khoản:", invoice.Reference, text, paper.Right);
            paper.Fact("Tài khoản:", invoice.BankAccount, text, paper.Right);
            paper.Y = Math.Max(paper.Y, top + QrSide);
        }
        return paper.Finish();
    }

    /// <summary>What the State pays out to the family in the years of the schools that are seen.</summary>
    private async Task<IReadOnlyList<FamilySupport>> ToFamily(
        CitizenId student,
        List<string> schools,
        CancellationToken cancel
    )
    {
        var grants = await db
            .FeeGrants.AsNoTracking()
            .Where(grant =>
                grant.StudentId == student
                && grant.State == FeeGrantState.Approved
                && schools.Contains(grant.SchoolCode)
            )
            .ToListAsync(cancel);
        var found = new List<FamilySupport>();
        foreach (var school in grants.Select(grant => grant.SchoolCode).Distinct())
        {
            var plans = await db
                .FeePlans.AsNoTracking()
                .Where(plan => plan.SchoolCode == school)
                .ToListAsync(cancel);
            var rows = await db
                .Enrolments.AsNoTracking()
                .Where(row => row.StudentId == student && row.SchoolCode == school && row.Present)
                .ToListAsync(cancel);
            foreach (
                var plan in plans
                    .GroupBy(plan => plan.Year)
                    .Select(year => year.MaxBy(plan => plan.Number)!)
            )
            {
                var fees = new PupilFees(
                    [plan],
                    [.. rows.Where(row => row.Year == plan.Year)],
                    new Dictionary<Guid, int>(),
                    [.. grants.Where(grant => grant.SchoolCode == school)],
                    []
                );
                found.AddRange(TuitionRules.ToFamily(plan.Months(), fees.Facts(plan)));
            }
        }
        return found;
    }
}

/// <summary>Parents see and pay the tuition of pupils whose guardians the school has named them.</summary>
public sealed class PayForChildren(SchoolAccess access, ICitizens citizens) : IPayFor
{
    public InvoicePurpose Purpose => InvoicePurpose.Tuition;

    public async Task<IReadOnlyList<CitizenId>> Of(
        CitizenId payer,
        CancellationToken cancel = default
    )
    {
        var mine = (await citizens.RecordsOf(payer, cancel))?.All.ToList() ?? [payer];
        return await access.Care(mine).Select(row => row.StudentId).Distinct().ToListAsync(cancel);
    }
}
