using Microsoft.Extensions.Time.Testing;
using Org.BouncyCastle.Asn1.X509;
using SharedKernel.Documents.Signing;

namespace SharedKernel.Tests.Signing;

/// <summary>Certificates that are good, ended or revoked, before and after they signed, as a real list and a real responder tell it.</summary>
public sealed class RevocationTests : IDisposable
{
    private static readonly byte[] Content = "Đơn thuốc"u8.ToArray();
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Signed = Now.AddDays(-10);

    private readonly Authority authority = new("Test CA", Now);
    private readonly string folder = Directory.CreateTempSubdirectory("records-signing-").FullName;

    public enum By
    {
        File,
        Address,
        Responder,
    }

    public static TheoryData<By> Ways => [By.File, By.Address, By.Responder];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_certificate_that_nobody_revoked_is_good(By way)
    {
        var check = await Check(Signer(), Signed, Options(way));
        Assert.Equal(RevocationState.Good, check.Revocation.State);
        Assert.True(check.IsGood);
        Assert.Null(check.Revocation.Since);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Revoked_before_it_signed_does_not_count(By way)
    {
        var signer = Signer();
        authority.Revoke(signer, Signed.AddDays(-1));
        var check = await Check(signer, Signed, Options(way));
        Assert.Equal(RevocationState.Revoked, check.Revocation.State);
        Assert.Equal(Signed.AddDays(-1), check.Revocation.Since);
        Assert.True(check is { Intact: true, Trusted: true, IsGood: false });
        Assert.Contains("thu hồi", check.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Revoked_after_it_signed_counts_and_is_said(By way)
    {
        var signer = Signer();
        authority.Revoke(signer, Signed.AddDays(1));
        var check = await Check(signer, Signed, Options(way));
        Assert.Equal(RevocationState.Good, check.Revocation.State);
        Assert.Equal(Signed.AddDays(1), check.Revocation.Since);
        Assert.True(check.IsGood);
    }

    // Whoever has the key can write any time into a signature.
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_compromised_key_makes_the_time_of_signing_worthless(By way)
    {
        var signer = Signer();
        authority.Revoke(signer, Signed.AddDays(1), CrlReason.KeyCompromise);
        var check = await Check(signer, Signed, Options(way));
        Assert.Equal(RevocationState.Unknown, check.Revocation.State);
        Assert.False(check.IsGood);
    }

    [Fact]
    public async Task A_certificate_that_had_ended_when_it_signed_is_not_trusted()
    {
        var ended = authority.Issue("Ended", Now.AddYears(-2), Signed.AddDays(-1));
        var check = await Check(ended, Signed, Options(By.File));
        Assert.False(check.Trusted);
        Assert.False(check.IsGood);
        // One that ended meanwhile signed while it was good.
        var later = authority.Issue("Later", Now.AddYears(-2), Signed.AddDays(1));
        Assert.True((await Check(later, Signed, Options(By.File))).IsGood);
    }

    [Fact]
    public async Task A_responder_that_is_down_makes_nothing_valid()
    {
        // Nobody listens on the port of the discard service.
        var check = await Check(Signer(), Signed, new() { Ocsp = "http://127.0.0.1:9/" });
        Assert.Equal(RevocationState.Unknown, check.Revocation.State);
        Assert.Contains("does not answer", check.Revocation.Why, StringComparison.Ordinal);
        Assert.False(check.IsGood);
        Assert.Contains("chưa kiểm tra được", check.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_stands_in_for_a_responder_that_is_down()
    {
        var options = Options(By.File);
        options.Ocsp = "http://127.0.0.1:9/";
        Assert.True((await Check(Signer(), Signed, options)).IsGood);
    }

    [Fact]
    public async Task Answers_that_prove_nothing_are_not_taken()
    {
        using var another = new Authority("Another CA", Now);
        var signer = Signer();
        await IsUnknown(new() { Ocsp = authority.Respond(signedBy: another) }, "not signed");
        await IsUnknown(
            new() { Ocsp = authority.Respond(age: TimeSpan.FromDays(2)) },
            "out of date"
        );
        await IsUnknown(ListOf(another.List()), "another authority");
        await IsUnknown(ListOf(authority.List(nextUpdate: Now.AddHours(-1))), "out of date");
        await IsUnknown(ListOf("no list"u8.ToArray()), "cannot be used");
        await IsUnknown(new() { Crl = [Path.Combine(folder, "missing.crl")] }, "cannot be used");
        using var sameName = new Authority("Test CA", Now);
        await IsUnknown(ListOf(sameName.List()), "cannot be used");

        async Task IsUnknown(RevocationOptions options, string why)
        {
            var check = await Check(signer, Signed, options);
            Assert.Equal(RevocationState.Unknown, check.Revocation.State);
            Assert.Contains(why, check.Revocation.Why, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_responder_is_asked_once_in_ten_minutes()
    {
        var (signer, clock) = (Signer(), new FakeTimeProvider(Now));
        using var http = new HttpClient();
        var revocation = new Revocation(new() { Ocsp = authority.Respond() }, http, clock);
        var check = DetachedJws.Verify(
            Content,
            DetachedJws.Sign(Content, signer, Signed),
            authority.Trusted
        );
        await revocation.Ask(check, TestContext.Current.CancellationToken);
        await revocation.Ask(check, TestContext.Current.CancellationToken);
        Assert.Equal(1, authority.Asked);
        clock.Advance(TimeSpan.FromMinutes(11));
        await revocation.Ask(check, TestContext.Current.CancellationToken);
        Assert.Equal(2, authority.Asked);
    }

    [Fact]
    public async Task Where_nothing_is_configured_nothing_is_claimed()
    {
        var check = await Check(Signer(), Signed, new());
        Assert.Equal(RevocationState.NotAsked, check.Revocation.State);
        Assert.True(check.IsGood);
    }

    private SigningKey Signer() => authority.Issue("BS. Ký", Now.AddYears(-1), Now.AddYears(1));

    private RevocationOptions Options(By way) =>
        way switch
        {
            By.Responder => new() { Ocsp = authority.Respond() },
            By.Address => new() { Crl = [authority.Respond() + "list.crl"] },
            _ => ListOf(null),
        };

    /// <summary>Written when it is asked for, so that a test may revoke before or after; null is the authority's own.</summary>
    private RevocationOptions ListOf(byte[]? list)
    {
        var file = Path.Combine(folder, $"{Guid.CreateVersion7():N}.crl");
        File.WriteAllBytes(file, list ?? authority.List());
        return new() { Crl = [file] };
    }

    private async Task<SignatureCheck> Check(
        SigningKey signer,
        DateTimeOffset at,
        RevocationOptions options
    )
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        return await new Revocation(options, http, new FakeTimeProvider(Now)).Ask(
            DetachedJws.Verify(Content, DetachedJws.Sign(Content, signer, at), authority.Trusted),
            TestContext.Current.CancellationToken
        );
    }

    public void Dispose()
    {
        authority.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
