using SharedKernel.Contracts;
using SharedKernel.Payments.Ledger;
using SharedKernel.Ui;

namespace SharedKernel.Payments;

/// <summary>States, channels and purposes as people read them.</summary>
public static class PaymentWords
{
    public static (string Text, string Badge) Of(PaymentState state) =>
        state switch
        {
            PaymentState.Paid => (T.Of("Đã thu đủ", "Paid"), "good"),
            PaymentState.Partial => (T.Of("Thu một phần", "Partly paid"), "warn"),
            PaymentState.Overpaid => (T.Of("Thu thừa", "Overpaid"), "bad"),
            PaymentState.Unmatched => (T.Of("Chưa khớp", "Unmatched"), "bad"),
            PaymentState.Refunded => (T.Of("Đã hoàn tiền", "Refunded"), "info"),
            PaymentState.Cancelled => (T.Of("Đã hủy", "Cancelled"), ""),
            _ => (T.Of("Chờ thanh toán", "Pending"), "info"),
        };

    public static string Channel(Channel channel) =>
        channel switch
        {
            Ledger.Channel.Card => T.Of("Thẻ", "Card"),
            Ledger.Channel.Cash => T.Of("Tiền mặt", "Cash"),
            _ => T.Of("Chuyển khoản", "Bank transfer"),
        };

    public static string Purpose(InvoicePurpose purpose) =>
        purpose switch
        {
            InvoicePurpose.HospitalFee => T.Of("Viện phí", "Hospital fee"),
            InvoicePurpose.Tuition => T.Of("Học phí", "Tuition"),
            _ => T.Of("Khoản thu khác", "Other"),
        };
}
