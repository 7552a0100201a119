using SharedKernel.Access.Sessions.SecondFactor;

namespace SharedKernel.Tests.SecondFactor;

public sealed class TotpTests
{
    private static readonly byte[] Key = "12345678901234567890"u8.ToArray();

    /// <summary>RFC 6238, appendix B, of which six digits are kept.</summary>
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void The_codes_are_those_of_the_standard(long seconds, string code) =>
        Assert.Equal(
            code,
            Totp.Code(Key, Totp.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds)))
        );

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void A_code_is_good_half_a_minute_early_or_late(int off, bool good)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1234567890);
        var step = Totp.StepAt(now) + off;
        Assert.Equal(good ? step : null, Totp.Match(Key, Totp.Code(Key, step), now, after: -1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00592４")]
    [InlineData("005924 ")]
    public void Nothing_else_is_a_code(string code) =>
        Assert.Null(
            Totp.Match(Key, code, DateTimeOffset.FromUnixTimeSeconds(1234567890), after: -1)
        );

    [Fact]
    public void A_code_works_once()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1234567890);
        var step = Totp.StepAt(now);
        Assert.Null(Totp.Match(Key, Totp.Code(Key, step), now, after: step));
        Assert.NotNull(Totp.Match(Key, Totp.Code(Key, step + 1), now, after: step));
    }

    /// <summary>RFC 4648, section 10.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("MY", "f")]
    [InlineData("MZXW6", "foo")]
    [InlineData("mzxw6ytboi", "foobar")]
    public void A_key_is_read_from_base_32(string text, string bytes) =>
        Assert.Equal(bytes, System.Text.Encoding.ASCII.GetString(Totp.FromBase32(text)));
}
