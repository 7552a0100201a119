using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Payments.Invoices;
using SharedKernel.Payments.PriceLists;
using SharedKernel.Payments.Transfers;
using Testing;

namespace SharedKernel.Tests.Payments;

/// <summary>An organisation that may charge: a published price list and a bank account, both its own.</summary>
public static class PriceWorld
{
    public const string Bin = "970436";
    public const string Bank = "vcb";
    public const string Secret = "a-secret-of-the-bank-0001";

    private static int organisations = 60000;

    public sealed record Payee(string Code, string Account);

    public static async Task<Payee> NewPayee(this RecordsServer server)
    {
        var number = Interlocked.Increment(ref organisations).ToString();
        await using var scope = server.Scope();
        var services = scope.ServiceProvider;
        var edit = services.GetRequiredService<EditPriceDraft>();
        await edit.Open(number, new("Đơn vị thử"), default);
        await edit.Run(
            number,
            [
                new(
                    PriceItemKind.Service,
                    "K1",
                    "Khám",
                    "Lượt",
                    Insurance: 40_000,
                    SelfPay: 50_000
                ),
                new(PriceItemKind.Service, "HP", "Học phí tháng", "Tháng", SelfPay: 155_000),
                new(PriceItemKind.Drug, "T1", "Thuốc", "Viên", "VD-1-20", SelfPay: 1_333),
            ],
            default
        );
        await services
            .GetRequiredService<PublishPriceList>()
            .Run(number, new(services.GetRequiredService<TimeProvider>().Today()), default);
        var payee = new Payee(number, "9" + number);
        await services
            .GetRequiredService<SetPayeeAccount>()
            .Run(number, new(Bin, payee.Account, "DON VI THU"), default);
        return payee;
    }

    public static async Task<Invoice> Charge(
        this RecordsServer server,
        Payee payee,
        string key = "",
        params Charge[] charges
    )
    {
        await using var scope = server.Scope();
        return await scope
            .ServiceProvider.GetRequiredService<IInvoices>()
            .Issue(
                new(
                    payee.Code,
                    InvoicePurpose.HospitalFee,
                    "Trần Thị Trả Tiền",
                    charges.Length > 0
                        ? charges
                        : [new(PriceItemKind.Service, "K1", PriceKind.SelfPay, 2)],
                    key.Length > 0 ? key : Guid.CreateVersion7().ToString()
                )
            );
    }

    public static async Task<ReceiveTransfer.Outcome> Tell(
        this RecordsServer server,
        Payee payee,
        string transaction,
        long amount,
        string content,
        string? reverses = null
    )
    {
        await using var scope = server.Scope();
        return await scope
            .ServiceProvider.GetRequiredService<ReceiveTransfer>()
            .Run(
                Bank,
                Bin,
                new(
                    $"{payee.Code}-{transaction}",
                    payee.Account,
                    amount,
                    content,
                    new(2026, 11, 23, 8, 0, 0, VietnamTime.Offset),
                    reverses is null ? null : $"{payee.Code}-{reverses}"
                ),
                default
            );
    }
}
