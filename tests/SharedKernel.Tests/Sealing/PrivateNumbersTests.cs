using SharedKernel.Contracts;

namespace SharedKernel.Tests.Sealing;

public sealed class PrivateNumbersTests
{
    [Theory]
    [InlineData("001190000017")]
    [InlineData("DN4790000000017")]
    [InlineData("0912345678")]
    [InlineData("0912 345 678")]
    [InlineData("+84 912.345.678")]
    [InlineData("02438253531")]
    public void Numbers_of_people_are_known(string number)
    {
        Assert.True(PrivateNumbers.Is(number));
        Assert.Equal(
            "GET /x?a=sys|* b",
            PrivateNumbers.Replace($"GET /x?a=sys|{number} b", _ => "*")
        );
    }

    [Theory]
    [InlineData("840539006")]
    [InlineData("2026-11-24T01:50:45")]
    [InlineData("01a20b42-ef2f-7aa3-a26b-d12db499797f")]
    [InlineData("01a20b42-ef2f-7aa3-a26b-012345678901")]
    [InlineData("639012345678901234")]
    [InlineData("0bed12345678")]
    [InlineData("")]
    public void Other_texts_are_left(string text)
    {
        Assert.False(PrivateNumbers.Is(text));
        Assert.Equal(text, PrivateNumbers.Replace(text, _ => "*"));
    }

    [Fact]
    public void A_number_that_a_url_encodes_is_found() =>
        Assert.Equal(
            "?phone=*&x",
            PrivateNumbers.Replace("?phone=%2B84%20912%20345%20678&x", _ => "*")
        );
}
