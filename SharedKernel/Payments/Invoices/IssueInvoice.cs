using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Payments.Ledger;
using SharedKernel.Ui;

namespace SharedKernel.Payments.Invoices;

/// <summary>
/// Makes an invoice of what the payee's price list in force holds, or of prices that another module has published by a plan of its own, and
/// enters it in the ledger. A price of treatment that is not published cannot be charged (Law on Treatment 15/2023/QH15, Art. 60; NĐ
/// 90/2026/NĐ-CP, Art. 38 fines it).
/// </summary>
public sealed class IssueInvoice(
    PaymentsDb db,
    LedgerWriter ledger,
    IPriceLists prices,
    ReadInvoices read,
    IAccess access,
    IAudit audit,
    ICurrentCaller current,
    TimeProvider clock
) : IInvoices, IFeature
{
    private const int MostLines = 500;
    private const decimal MostOfOne = 1_000_000;
    private const long MostMoney = 100_000_000_000;

    public static void AddServices(IServiceCollection services) =>
        services.AddScoped<IInvoices>(provider => provider.GetRequiredService<IssueInvoice>());

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/api/invoices",
                async (InvoiceDraft draft, IssueInvoice issue, CancellationToken cancel) =>
                {
                    var invoice = await issue.Run(draft, cancel);
                    return Results.Created($"/api/invoices/{invoice.Id}", invoice);
                }
            )
            .Requires(Permission.TakePayments);

    public Task<Invoice> Run(InvoiceDraft draft, CancellationToken cancel)
    {
        access.Demand(current.Caller, Permission.TakePayments, organisation: draft.Payee);
        if (draft.Charges?.Any(charge => charge.Planned is not null) == true)
        {
            // A person at the counter charges what is published; only a module can vouch for a plan.
            throw new InvalidInput(
                "charges",
                T.Of(
                    "chỉ thu theo bảng giá đã công bố.",
                    "only prices of the published list can be charged here."
                )
            );
        }
        return Issue(draft, cancel);
    }

    public Task<IReadOnlyList<Invoice>> Of(string source, CancellationToken cancel = default) =>
        read.Of([source], cancel);

    public Task<IReadOnlyList<Invoice>> Of(
        IReadOnlyCollection<string> sources,
        CancellationToken cancel = default
    ) => read.Of(sources, cancel);

    public Task<IReadOnlyList<Invoice>> Open(
        string payee,
        InvoicePurpose purpose,
        CancellationToken cancel = default
    ) => read.Open(payee, purpose, cancel);

    public async Task<Invoice> Issue(InvoiceDraft draft, CancellationToken cancel = default)
    {
        Check(draft);
        var list = draft.Charges.All(charge => charge.Planned is not null)
            ? null
            : await prices.InForce(draft.Payee, clock.Today(), cancel)
                ?? throw new InvalidInput(
                    "payee",
                    T.Of(
                        $"{draft.Payee} chưa công bố bảng giá có hiệu lực hôm nay, nên chưa thể thu.",
                        $"{draft.Payee} has published no price list that holds today, so nothing can be charged."
                    )
                );
        var lines = await Lines(draft, list, cancel);
        var id = await ledger.Run(
            draft.Payee,
            async books =>
            {
                var known = await db.Invoices.FirstOrDefaultAsync(
                    invoice => invoice.Organisation == draft.Payee && invoice.Key == draft.Key,
                    cancel
                );
                return known?.Id ?? Enter(books, draft, list, lines);
            },
            cancel
        );
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Create,
                $"Invoice/{id}",
                draft.Payer is { } payer ? [payer.ToString()] : []
            ),
            cancel
        );
        return await read.One(id, cancel);
    }

    private static Guid Enter(
        Books books,
        InvoiceDraft draft,
        PriceListVersion? list,
        IReadOnlyList<StoredInvoiceLine> lines
    )
    {
        var id = Guid.CreateVersion7(books.Now);
        var covers = draft
            .Charges.SelectMany(charge => charge.Covers ?? [])
            .GroupBy(cover => cover.Party.Trim(), StringComparer.Ordinal)
            .Select(party => (Party: party.Key, Amount: party.Sum(cover => cover.Amount)))
            .ToList();
        var invoice = new StoredInvoice
        {
            Id = id,
            Organisation = draft.Payee,
            PayeeName = list?.FacilityName ?? draft.PayeeName!,
            Key = draft.Key,
            Reference = PaymentReference.New(),
            Purpose = draft.Purpose,
            Payer = draft.Payer,
            PayerName = draft.PayerName.Trim(),
            Source = draft.Source,
            IssuedAt = books.Now,
            DueOn = draft.DueOn ?? books.Now.VietnamDay(),
            PriceList = list?.Number ?? 0,
            Total = lines.Sum(line => line.Amount),
            Covered = covers.Sum(cover => cover.Amount),
            Lines = [.. lines.Select((line, index) => Numbered(line, id, index + 1))],
            Balance = new() { Invoice = id, Organisation = draft.Payee },
        };
        books.Settle(invoice);
        books.Db.Add(invoice);
        books.Enter(
            EntryKind.Issue,
            [
                new(LedgerAccount.Receivable, invoice.Due, Invoice: id),
                .. covers.Select(cover => new PostingLine(
                    LedgerAccount.Cover,
                    cover.Amount,
                    cover.Party,
                    id
                )),
                new(LedgerAccount.Income, -invoice.Total, Invoice: id),
            ],
            id
        );
        return id;
    }

    private static StoredInvoiceLine Numbered(StoredInvoiceLine line, Guid invoice, int position) =>
        new()
        {
            Invoice = invoice,
            Position = position,
            ItemKind = line.ItemKind,
            Code = line.Code,
            Name = line.Name,
            Unit = line.Unit,
            PriceKind = line.PriceKind,
            Thousandths = line.Thousandths,
            UnitPrice = line.UnitPrice,
            Amount = line.Amount,
            Covered = line.Covered,
        };

    /// <summary>Each charge at its published price, or all that is wrong with them.</summary>
    private async Task<List<StoredInvoiceLine>> Lines(
        InvoiceDraft draft,
        PriceListVersion? list,
        CancellationToken cancel
    )
    {
        var codes = draft.Charges.Select(charge => charge.Code).Distinct().ToList();
        var published = list is null
            ? []
            : await db
                .PublishedLines.AsNoTracking()
                .Where(line => line.Facility == list.Facility && line.Number == list.Number)
                .Where(line => codes.Contains(line.Code))
                .ToDictionaryAsync(
                    line => (line.ItemKind, line.Code),
                    line => line.ToLine(),
                    cancel
                );
        var errors = new List<FieldError>();
        var lines = new List<StoredInvoiceLine>();
        foreach (var (charge, index) in draft.Charges.Select((charge, index) => (charge, index)))
        {
            var item = charge.Planned is { } planned
                ? Line(charge, planned)
                : published.GetValueOrDefault((charge.ItemKind, charge.Code));
            if (item?.Price(charge.PriceKind) is not { } price)
            {
                errors.Add(
                    new(
                        $"charges[{index}].code",
                        T.Of(
                            $"{charge.Code}: “{charge.PriceKind.Text()}” không có trong bảng giá số {list?.Number} đang có hiệu lực; giá chưa công bố thì không được thu.",
                            $"{charge.Code}: “{charge.PriceKind.Text()}” is not in price list {list?.Number}, which is in force; what is not published cannot be charged."
                        )
                    )
                );
                continue;
            }
            var amount = (long)Math.Round(charge.Quantity * price, MidpointRounding.AwayFromZero);
            var covered = charge.Covers?.Sum(cover => cover.Amount) ?? 0;
            if (charge.Planned is null && covered > amount)
            {
                errors.Add(
                    new(
                        $"charges[{index}].covers",
                        T.Of(
                            $"{charge.Code}: phần được chi trả {covered.Dong()} lớn hơn thành tiền {amount.Dong()}.",
                            $"{charge.Code}: others cover {covered.Dong()}, more than its amount of {amount.Dong()}."
                        )
                    )
                );
            }
            lines.Add(
                new()
                {
                    Invoice = default,
                    Position = 0,
                    ItemKind = item.ItemKind,
                    Code = item.Code,
                    Name = item.Name,
                    Unit = item.Unit,
                    PriceKind = charge.PriceKind,
                    Thousandths = (long)(charge.Quantity * 1000),
                    UnitPrice = price,
                    Amount = amount,
                    Covered = covered,
                }
            );
        }
        if (errors.Count == 0 && lines.Sum(line => line.Amount) > MostMoney)
        {
            errors.Add(
                new(
                    "charges",
                    T.Of(
                        $"tổng tiền vượt {MostMoney.Dong()}; hãy kiểm tra số lượng.",
                        $"the total is above {MostMoney.Dong()}; check the quantities."
                    )
                )
            );
        }
        if (errors.Count == 0 && lines.Sum(line => line.Amount - line.Covered) < 0)
        {
            errors.Add(
                new(
                    "charges",
                    T.Of(
                        "các khoản trừ lớn hơn số phải trả của hóa đơn.",
                        "what is taken back is more than the invoice asks for."
                    )
                )
            );
        }
        return errors.Count == 0 ? lines : throw new InvalidInput(errors);
    }

    private static PriceLine Line(Charge charge, PlannedPrice planned)
    {
        var line = new PriceLine(charge.ItemKind, charge.Code, planned.Name, planned.Unit);
        return charge.PriceKind switch
        {
            PriceKind.Insurance => line with { Insurance = planned.Amount },
            PriceKind.SelfPay => line with { SelfPay = planned.Amount },
            PriceKind.OnDemand => line with { OnDemand = planned.Amount },
            _ => line with { Support = planned.Amount },
        };
    }

    private static void Check(InvoiceDraft draft)
    {
        var errors = new List<FieldError>();
        Length("payerName", draft.PayerName, 300);
        Length("key", draft.Key, 200);
        Length("payee", draft.Payee, 20);
        if (
            draft.Charges is { Count: > 0 }
            && draft.Charges.All(charge => charge.Planned is not null)
        )
        {
            Length("payeeName", draft.PayeeName, 200);
        }
        if (draft.Source?.Length > 200)
        {
            Length("source", draft.Source, 200);
        }
        if (draft.Charges is not { Count: > 0 and <= MostLines })
        {
            errors.Add(
                new(
                    "charges",
                    T.Of(
                        $"cần từ 1 đến {MostLines} dòng.",
                        $"between 1 and {MostLines} lines are needed."
                    )
                )
            );
        }
        foreach (var (charge, index) in (draft.Charges ?? []).Select((c, i) => (c, i)))
        {
            if (charge.Planned is { } planned)
            {
                Length($"charges[{index}].code", charge.Code, 50);
                Length($"charges[{index}].planned.name", planned.Name, 200);
                Length($"charges[{index}].planned.unit", planned.Unit, 50);
                if (draft.Purpose is InvoicePurpose.HospitalFee)
                {
                    errors.Add(
                        new(
                            $"charges[{index}].planned",
                            T.Of(
                                "viện phí chỉ thu theo bảng giá đã công bố.",
                                "a hospital fee is charged by the published price list alone."
                            )
                        )
                    );
                }
            }
            if (
                charge.Quantity is <= 0 or > MostOfOne
                || decimal.Round(charge.Quantity, 3) != charge.Quantity
            )
            {
                errors.Add(
                    new(
                        $"charges[{index}].quantity",
                        T.Of(
                            "số lượng phải lớn hơn 0 và có tối đa 3 chữ số thập phân.",
                            "a quantity is above 0 and has at most 3 decimals."
                        )
                    )
                );
            }
            if (
                charge.Covers?.Any(cover =>
                    (cover.Amount < 0 && charge.Planned is null)
                    || cover.Party?.Trim().Length is null or 0 or > 50
                ) == true
            )
            {
                errors.Add(
                    new(
                        $"charges[{index}].covers",
                        T.Of(
                            "phần người khác chi trả cần tên nguồn và số tiền không âm.",
                            "what others cover needs who they are and an amount that is not negative."
                        )
                    )
                );
            }
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }

        void Length(string field, string? text, int most)
        {
            if (text?.Trim().Length is null or 0 || text.Length > most)
            {
                errors.Add(
                    new(
                        field,
                        T.Of($"cần từ 1 đến {most} ký tự.", $"needs 1 to {most} characters.")
                    )
                );
            }
        }
    }
}
