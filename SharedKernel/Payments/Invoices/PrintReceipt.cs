using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Documents;
using SharedKernel.Modules;
using SharedKernel.Payments.Ledger;
using SharedKernel.Ui;

namespace SharedKernel.Payments.Invoices;

/// <summary>
/// A receipt on paper (A5): what was paid for what, by whom and when, the amount in words too; of money given back a payment slip. Its number
/// is of the payee's gap-free series of the year.
/// </summary>
public sealed class PrintReceipt(ReadInvoices read) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/api/invoices/{id:guid}/receipts/{entry:int}",
                async (Guid id, int entry, PrintReceipt print, CancellationToken cancel) =>
                    Results.File(await print.Run(id, entry, cancel), "application/pdf")
            )
            .RequireAuthorization();

    /// <exception cref="NotFound">The invoice has no such payment, or the caller may not see it.</exception>
    public async Task<byte[]> Run(Guid id, int entry, CancellationToken cancel = default)
    {
        var (invoice, movements) = await read.Run(id, cancel);
        var movement =
            movements.FirstOrDefault(one => one.Entry == entry)
            ?? throw new NotFound($"Receipt {entry}");
        return Pdf(invoice, movement);
    }

    internal static byte[] Pdf(Invoice invoice, ReadInvoices.Movement movement)
    {
        var back = movement.Amount < 0;
        var title = back ? "PHIẾU HOÀN TIỀN" : "BIÊN LAI THU TIỀN";
        using var paper = new Paper(
            $"{title} {movement.Receipt}",
            $"{invoice.PayeeName} · {movement.Receipt}"
        );
        paper.Text(invoice.PayeeName.ToUpperInvariant(), Ink.Strong);
        paper.Text(title, Ink.Title, Align.Center);
        paper.Text($"Số: {movement.Receipt}", Ink.Plain, Align.Center);
        paper.Gap(6);
        paper.Fact("Người nộp:", invoice.PayerName);
        paper.Fact("Nội dung:", PaymentWords.Purpose(invoice.Purpose));
        paper.Fact("Mã hóa đơn:", invoice.Reference);
        paper.Fact("Thời điểm:", movement.At.Text());
        paper.Fact("Hình thức:", PaymentWords.Channel(movement.Channel));
        paper.Gap(6);
        foreach (var line in invoice.Lines)
        {
            paper.Columns([
                (
                    0,
                    0.7f,
                    (left, right) => paper.Text(line.Name, Ink.Plain, Align.Left, left, right)
                ),
                (
                    0.7f,
                    1,
                    (left, right) =>
                        paper.Text(
                            $"{line.Quantity:0.###} × {line.UnitPrice.Dong()}",
                            Ink.Plain,
                            Align.Right,
                            left,
                            right
                        )
                ),
            ]);
        }
        paper.Gap(4);
        Sum("Tổng cộng", invoice.Total);
        if (invoice.Covered > 0)
        {
            Sum("Nguồn khác chi trả", invoice.Covered);
        }
        Sum("Người nộp phải trả", invoice.Due);
        Sum(back ? "Hoàn lại lần này" : "Thu lần này", Math.Abs(movement.Amount));
        paper.Gap(2);
        paper.Text(
            $"Bằng chữ: {VietnameseNumber.InWordsCapitalised(Math.Abs(movement.Amount))} đồng.",
            Ink.Quiet
        );
        if (movement.Reason is { Length: > 0 } reason)
        {
            paper.Fact("Lý do:", reason);
        }
        paper.Gap(10);
        paper.Text($"Người lập: {movement.By}", Ink.Plain, Align.Right);
        return paper.Finish();

        void Sum(string label, long amount) =>
            paper.Columns([
                (0, 0.6f, (left, right) => paper.Text(label, Ink.Strong, Align.Left, left, right)),
                (
                    0.6f,
                    1,
                    (left, right) => paper.Text(amount.Dong(), Ink.Strong, Align.Right, left, right)
                ),
            ]);
    }
}
