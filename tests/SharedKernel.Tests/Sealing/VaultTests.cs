using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Tests.Sealing;

public sealed class VaultTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("records-vault-").FullName;

    private string File => KeyRing.FileIn(folder);

    private Vault NewVault() => new(KeyRing.At(File, new FakeTimeProvider()));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_sealed_opens_for_its_purpose_alone()
    {
        var vault = NewVault();
        var record = vault.Seal("số 001190000017"u8, "test.one");
        Assert.Equal("số 001190000017"u8, vault.Open(record, "test.one"));
        Assert.Throws<InvalidDataException>(() => vault.Open(record, "test.two"));
    }

    [Fact]
    public void Every_changed_byte_is_noticed()
    {
        var vault = NewVault();
        var record = vault.Seal(RandomNumberGenerator.GetBytes(40), "test");
        for (var at = 0; at < record.Length; at++)
        {
            var changed = record.ToArray();
            changed[at] ^= 1;
            Assert.Throws<InvalidDataException>(() => vault.Open(changed, "test"));
            Assert.Throws<InvalidDataException>(() => vault.Open(record.AsSpan(0, at), "test"));
        }
    }

    [Fact]
    public void Equal_values_are_sealed_differently_and_hashed_alike()
    {
        var vault = NewVault();
        Assert.NotEqual(vault.Seal("0912345678", "phone"), vault.Seal("0912345678", "phone"));
        Assert.Equal(vault.Hash("0912345678", "phone"), NewVault().Hash("0912345678", "phone"));
        Assert.NotEqual(vault.Hash("0912345678", "phone"), vault.Hash("0912345678", "id"));
    }

    [Fact]
    public void A_new_key_seals_and_the_old_one_still_opens()
    {
        var vault = NewVault();
        var old = vault.Seal("a"u8, "test");
        Assert.Equal(2, vault.Ring.Rotate(new FakeTimeProvider()).Id);
        Assert.Equal(2, Vault.KeyOf(vault.Seal("b"u8, "test")));
        Assert.Equal("a"u8, vault.Open(old, "test"));
        Assert.Throws<InvalidOperationException>(() => vault.Ring.Retire(2, ["a", "b"]));
        // Nobody has looked yet whether it still seals something.
        Assert.Throws<InvalidOperationException>(() => vault.Ring.Retire(1, ["a", "b"]));
        vault.Ring.NoteResealed("a", 2);
        Assert.Contains(
            "of b may",
            Assert
                .Throws<InvalidOperationException>(() => vault.Ring.Retire(1, ["a", "b"]))
                .Message,
            StringComparison.Ordinal
        );
        vault.Ring.NoteResealed("b", 2);
        vault.Ring.Retire(1, ["a", "b"]);
        Assert.Contains(
            "key 1",
            Assert
                .Throws<InvalidDataException>(() =>
                    new Vault(KeyRing.At(File, new FakeTimeProvider())).Open(old, "test")
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Another_host_finds_the_key_it_does_not_know()
    {
        var (here, there) = (NewVault(), NewVault());
        here.Ring.Rotate(new FakeTimeProvider());
        Assert.Equal("a"u8, there.Open(here.Seal("a"u8, "test"), "test"));
    }

    [Fact]
    public void The_file_is_its_owners_alone()
    {
        NewVault();
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            System.IO.File.GetUnixFileMode(File)
        );
    }

    [Fact]
    public void A_ring_that_is_none_is_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, """{"Lookup":"AAAA","Keys":[]}""");
        Assert.Throws<InvalidDataException>(NewVault);
        System.IO.File.WriteAllText(File, "keys");
        Assert.Throws<InvalidDataException>(NewVault);
    }

    [Fact]
    public void A_text_of_before_opens_as_it_is()
    {
        var vault = NewVault();
        Assert.Equal("0912345678", vault.Open("0912345678", "phone"));
        Assert.Equal(0, Vault.KeyOf("0912345678"));
        Assert.Equal(1, Vault.KeyOf(vault.Seal("0912345678", "phone")));
    }
}
