using System.Text;
using SharedKernel.Contracts;
using SharedKernel.Documents.Signing;

namespace Health.Emr.Tests.Prescriptions;

public sealed class SignatureTests : IDisposable
{
    private static readonly Caller Doctor = new(
        "bac-si-1",
        "BS. Lê Minh, \"A\"",
        new HashSet<Role> { Role.Doctor },
        "40151"
    );
    private readonly string folder = Directory.CreateTempSubdirectory("records-keys-").FullName;

    [Fact]
    public void What_was_signed_verifies()
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(
            TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()
        );
        var content = Encoding.UTF8.GetBytes("Đơn thuốc");
        var jws = DetachedJws.Sign(content, Keys().Of(Doctor), at);
        var check = DetachedJws.Verify(content, jws, Keys().Trusted());
        Assert.True(check.IsGood);
        Assert.Equal(Doctor.Name, check.Signer);
        Assert.Equal(at, check.SignedAt);
    }

    [Fact]
    public void A_changed_byte_is_seen()
    {
        var content = Encoding.UTF8.GetBytes("20 viên");
        var jws = DetachedJws.Sign(content, Keys().Of(Doctor), TimeProvider.System.GetUtcNow());
        var changed = Encoding.UTF8.GetBytes("21 viên");
        Assert.False(DetachedJws.Verify(changed, jws, Keys().Trusted()).Intact);
    }

    [Fact]
    public void A_changed_time_of_signing_is_seen()
    {
        var content = Encoding.UTF8.GetBytes("Đơn thuốc");
        var keys = Keys();
        var now = TimeProvider.System.GetUtcNow();
        var first = DetachedJws.Sign(content, keys.Of(Doctor), now).Split('.');
        var second = DetachedJws.Sign(content, keys.Of(Doctor), now.AddDays(-1)).Split('.');
        Assert.False(
            DetachedJws.Verify(content, $"{second[0]}..{first[2]}", keys.Trusted()).Intact
        );
    }

    [Fact]
    public void A_stranger_is_not_trusted()
    {
        var content = Encoding.UTF8.GetBytes("Đơn thuốc");
        var elsewhere = new SigningKeys(
            Path.Combine(folder, "elsewhere"),
            true,
            TimeProvider.System
        );
        var jws = DetachedJws.Sign(content, elsewhere.Of(Doctor), TimeProvider.System.GetUtcNow());
        _ = Keys().Of(Doctor);
        var check = DetachedJws.Verify(content, jws, Keys().Trusted());
        Assert.True(check.Intact);
        Assert.False(check.Trusted);
    }

    [Fact]
    public void A_certificate_counts_only_while_it_holds()
    {
        var content = Encoding.UTF8.GetBytes("Đơn thuốc");
        var jws = DetachedJws.Sign(
            content,
            Keys().Of(Doctor),
            TimeProvider.System.GetUtcNow().AddYears(11)
        );
        Assert.False(DetachedJws.Verify(content, jws, Keys().Trusted()).Trusted);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("..")]
    [InlineData("e30..AAAA")]
    [InlineData("eyJhbGciOiJub25lIn0..")]
    public void Rubbish_is_no_signature(string jws) =>
        Assert.False(DetachedJws.Verify([1, 2, 3], jws, Keys().Trusted()).Intact);

    [Fact]
    public void Without_a_certificate_nobody_signs()
    {
        var keys = new SigningKeys(folder, makeDemoKeys: false, TimeProvider.System);
        Assert.Throws<Conflict>(() => keys.Of(Doctor));
        Assert.Throws<Conflict>(() => keys.Of(Doctor with { Id = "../x" }));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private SigningKeys Keys() => new(folder, makeDemoKeys: true, TimeProvider.System);
}
