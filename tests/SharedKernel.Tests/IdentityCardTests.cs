using CsCheck;
using SharedKernel.Contracts;

namespace SharedKernel.Tests;

public sealed class IdentityCardTests
{
    private const string Card =
        "001090012345|012345678|Nguyễn Văn A|15081990|Nam|Số 1 Phố X, Phường Y, Hà Nội|01012022";

    [Theory]
    [InlineData(Card, "012345678", "1990-08-15", Sex.Male)]
    [InlineData(
        "001190012345||Lê Thị B|15081990|Nữ|Hà Nội|01012022",
        null,
        "1990-08-15",
        Sex.Female
    )]
    [InlineData("001190012345||Lê Thị B|1950|NỮ|Hà Nội|01012022", null, "1950", Sex.Female)]
    [InlineData(Card + "|Nguyễn Văn Cha|Lê Thị Mẹ|||", "012345678", "1990-08-15", Sex.Male)]
    [InlineData("\uFEFF" + Card + "\r\n", "012345678", "1990-08-15", Sex.Male)]
    public void Reads_what_the_card_says(string qr, string? old, string birth, Sex sex)
    {
        var card = IdentityCard.Read(qr, out var fault);
        Assert.Equal(IdentityCardFault.None, fault);
        Assert.Equal((old, sex), (card!.OldNumber, card.Sex));
        Assert.Equal(PartialDate.Parse(birth), card.Birth);
        Assert.Equal(new DateOnly(2022, 1, 1), card.Issued);
    }

    [Theory]
    [InlineData(null, IdentityCardFault.TooFewFields)]
    [InlineData("", IdentityCardFault.TooFewFields)]
    [InlineData("https://example.org/a|b", IdentityCardFault.TooFewFields)]
    [InlineData("1|||||||", IdentityCardFault.PersonalId)]
    [InlineData("001090012345|||15081990|Nam|X|01012022", IdentityCardFault.FullName)]
    [InlineData("001090012345||A|31021990|Nam|X|01012022", IdentityCardFault.Birth)]
    [InlineData("001090012345||A||Nam|X|01012022", IdentityCardFault.Birth)]
    [InlineData("001090012345||A|15081990|M|X|01012022", IdentityCardFault.Sex)]
    public void Says_what_is_wrong(string? qr, IdentityCardFault fault)
    {
        Assert.Null(IdentityCard.Read(qr, out var found));
        Assert.Equal(fault, found);
    }

    [Fact]
    public void Any_text_is_either_a_card_or_has_a_fault() =>
        Gen.OneOf(
                Gen.String,
                Gen.String.Array[0, 10].Select(fields => string.Join('|', fields)),
                Gen.Int[0, Card.Length - 1].Select(at => Card.Remove(at, 1))
            )
            .Sample(text =>
                IdentityCard.Read(text, out var fault) is null == (fault != IdentityCardFault.None)
            );
}
