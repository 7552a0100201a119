using System.Text.Json;
using CsCheck;
using SharedKernel.Contracts;
using SharedKernel.Payments.VietQr;
using Testing;

namespace Interop.Tests.Prices;

public sealed class VietQrTests
{
    /// <summary>
    /// From the published tests of vietnam-qr-pay 1.5.1 (MIT): the first four are its own, the last two were made with it.
    /// </summary>
    [Theory]
    [InlineData(
        "970416",
        "257678859",
        null,
        null,
        "00020101021138530010A0000007270123000697041601092576788590208QRIBFTTA53037045802VN6304AE9F"
    )]
    [InlineData(
        "970416",
        "257678859",
        10_000L,
        "Chuyen tien",
        "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA53037045405100005802VN62150811Chuyen tien630453E6"
    )]
    [InlineData(
        "970416",
        "257678859",
        1_000L,
        "Chuyen tien",
        "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA5303704540410005802VN62150811Chuyen tien6304BBB8"
    )]
    [InlineData(
        "970416",
        "257678859",
        999_999L,
        "Cam on nhe",
        "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA530370454069999995802VN62140810Cam on nhe6304E786"
    )]
    [InlineData(
        "970436",
        "0123456789",
        150_000L,
        "VP HD000123",
        "00020101021238540010A00000072701240006970436011001234567890208QRIBFTTA530370454061500005802VN62150811VP HD00012363047FB7"
    )]
    [InlineData(
        "970415",
        "113366668888",
        79_000L,
        "thanh toan vien phi BN001",
        "00020101021238560010A0000007270126000697041501121133666688880208QRIBFTTA53037045405790005802VN62290825thanh toan vien phi BN0016304182F"
    )]
    public void A_transfer_is_exact_to_the_letter(
        string bin,
        string account,
        long? amount,
        string? purpose,
        string payload
    ) => Assert.Equal(payload, VietQrPayload.Transfer(bin, account, amount, purpose));

    [Fact]
    public void All_vectors_of_the_data_folder_hold()
    {
        var file = Repository.SharedOrSkip("data/codes/vietqr_vectors.json");
        using var vectors = JsonDocument.Parse(File.ReadAllText(file));
        Assert.All(
            vectors.RootElement.EnumerateArray(),
            vector =>
                Assert.Equal(
                    vector.GetProperty("payload").GetString(),
                    VietQrPayload.Transfer(
                        vector.GetProperty("bin").GetString()!,
                        vector.GetProperty("account").GetString()!,
                        vector.GetProperty("amount").ValueKind is JsonValueKind.Null
                            ? null
                            : vector.GetProperty("amount").GetInt64(),
                        vector.GetProperty("purpose").GetString()
                    )
                )
        );
    }

    [Fact]
    public void The_check_value_of_the_checksum_is_29B1() =>
        Assert.Equal(0x29B1, VietQrPayload.Crc("123456789"));

    [Theory]
    [InlineData("97043", "1", 1L, "a", "bin")]
    [InlineData("970436", "12 3", 1L, "a", "account")]
    [InlineData("970436", "1", 0L, "a", "amount")]
    [InlineData("970436", "1", 1L, "viện phí", "purpose")]
    [InlineData("970436", "1", 1L, "a purpose that is too long.", "purpose")]
    public void What_an_app_would_misread_is_refused(
        string bin,
        string account,
        long amount,
        string purpose,
        string field
    ) =>
        Assert.Equal(
            field,
            Assert
                .Single(
                    Assert
                        .Throws<InvalidInput>(() =>
                            VietQrPayload.Transfer(bin, account, amount, purpose)
                        )
                        .Errors
                )
                .Field
        );

    [Fact]
    public void Every_payload_reads_back_field_by_field_and_its_checksum_holds() =>
        Gen.Select(
                Gen.Long[1, 9_999_999_999_999],
                Gen.String[Gen.Char[' ', '~'], 1, VietQrPayload.LongestPurpose]
            )
            .Sample(
                (amount, purpose) =>
                {
                    var payload = VietQrPayload.Transfer("970436", "0123456789", amount, purpose);
                    var fields = Read(payload);
                    Assert.Equal(amount.ToString(), fields["54"]);
                    Assert.Equal(purpose, Read(fields["62"])["08"]);
                    Assert.Equal(VietQrPayload.Crc(payload[..^4]).ToString("X4"), fields["63"]);
                }
            );

    private static Dictionary<string, string> Read(string text)
    {
        var fields = new Dictionary<string, string>();
        for (var at = 0; at < text.Length; )
        {
            var length = int.Parse(text.AsSpan(at + 2, 2));
            fields.Add(text.Substring(at, 2), text.Substring(at + 4, length));
            at += 4 + length;
        }
        return fields;
    }
}
