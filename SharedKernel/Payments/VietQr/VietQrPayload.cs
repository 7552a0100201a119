using System.Globalization;
using System.Text;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace SharedKernel.Payments.VietQr;

/// <summary>
/// The text of a VietQR code: a transfer to an account by the national switch, as every bank's app in Viet Nam reads it (EMVCo
/// Merchant-Presented QR with NAPAS's template 38, GUID A000000727, service QRIBFTTA).
/// </summary>
public static class VietQrPayload
{
    /// <summary>Field 62.08; longer ones are cut by some apps.</summary>
    public const int LongestPurpose = 25;

    private const string Napas = "A000000727";
    private const string TransferToAccount = "QRIBFTTA";
    private const string Dong = "704";

    /// <param name="bin">Six digits of the bank, such as 970436.</param>
    /// <param name="amount">In whole đồng; null lets the payer type it.</param>
    /// <param name="purpose">
    /// What the transfer says, by which it is matched; ASCII, because apps count the bytes of other letters differently.
    /// </param>
    /// <exception cref="InvalidInput">A part is not what the standard allows.</exception>
    public static string Transfer(
        string bin,
        string account,
        long? amount = null,
        string? purpose = null
    )
    {
        Check(bin, account, amount, purpose);
        var payload = new StringBuilder()
            .Field("00", "01")
            // 11: the same code for every payment; 12: a code for this one.
            .Field("01", amount is null ? "11" : "12")
            .Field(
                "38",
                Fields(
                    ("00", Napas),
                    ("01", Fields(("00", bin), ("01", account))),
                    ("02", TransferToAccount)
                )
            )
            .Field("53", Dong)
            .Field("54", amount?.ToString(CultureInfo.InvariantCulture))
            .Field("58", "VN")
            .Field("62", purpose is null ? null : Fields(("08", purpose)))
            .Append("6304");
        return payload
            .Append(Crc(payload.ToString()).ToString("X4", CultureInfo.InvariantCulture))
            .ToString();
    }

    /// <summary>CRC-16/CCITT-FALSE: polynomial 1021, start FFFF; of <c>123456789</c> it is 29B1.</summary>
    public static ushort Crc(string text)
    {
        var crc = 0xFFFF;
        foreach (var letter in Encoding.UTF8.GetBytes(text))
        {
            crc ^= letter << 8;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            }
        }
        return (ushort)crc;
    }

    private static void Check(string bin, string account, long? amount, string? purpose)
    {
        var errors = new List<FieldError>();
        if (bin.Length != 6 || !bin.All(char.IsAsciiDigit))
        {
            errors.Add(
                new("bin", T.Of("mã ngân hàng gồm 6 chữ số.", "a bank's number has 6 digits."))
            );
        }
        if (account.Length is 0 or > 19 || !account.All(char.IsAsciiLetterOrDigit))
        {
            errors.Add(
                new(
                    "account",
                    T.Of(
                        "số tài khoản gồm 1–19 chữ số hoặc chữ cái.",
                        "an account has 1 to 19 digits or letters."
                    )
                )
            );
        }
        if (amount is <= 0 or > 9_999_999_999_999)
        {
            errors.Add(
                new(
                    "amount",
                    T.Of(
                        "số tiền từ 1 đồng, tối đa 13 chữ số.",
                        "an amount is at least 1 đồng and has at most 13 digits."
                    )
                )
            );
        }
        if (
            purpose is not null
            && (
                purpose.Length is 0 or > LongestPurpose || !purpose.All(c => c is >= ' ' and <= '~')
            )
        )
        {
            errors.Add(
                new(
                    "purpose",
                    T.Of(
                        $"nội dung gồm 1–{LongestPurpose} ký tự không dấu.",
                        $"a purpose has 1 to {LongestPurpose} letters without diacritics."
                    )
                )
            );
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }
    }

    private static string Fields(params (string Tag, string Value)[] fields) =>
        fields
            .Aggregate(new StringBuilder(), (text, field) => text.Field(field.Tag, field.Value))
            .ToString();

    private static StringBuilder Field(this StringBuilder payload, string tag, string? value) =>
        value is null
            ? payload
            : payload
                .Append(tag)
                .Append(value.Length.ToString("D2", CultureInfo.InvariantCulture))
                .Append(value);
}
