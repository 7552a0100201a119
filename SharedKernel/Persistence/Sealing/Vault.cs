using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace SharedKernel.Persistence.Sealing;

/// <summary>
/// Seals what is stored: AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits for each record. A sealed record is
/// <c>0xE1, number of the key (2 bytes), nonce (12), ciphertext, tag (16)</c>; what it is for is authenticated with it, so a value
/// cannot be moved to another kind of column. Safe to share between threads.
/// </summary>
public sealed class Vault(KeyRing ring)
{
    /// <summary>First byte of what is sealed; no text in UTF-8 and no body begins so.</summary>
    public const byte Mark = 0xE1;

    /// <summary>First letter of a sealed text, before base64url.</summary>
    public const char TextMark = '~';

    private const string MarkPurpose = "vault.mark";
    private const int Head = 3;
    private const int Nonce = 12;
    private const int Tag = 16;

    /// <summary>Bytes that sealing adds.</summary>
    public const int Overhead = Head + Nonce + Tag;

    private readonly ConcurrentDictionary<int, ConcurrentBag<AesGcm>> ciphers = new();

    public KeyRing Ring => ring;

    /// <param name="purpose">Column or kind of record, such as <c>fhir.body</c>; the same is needed to open it.</param>
    public byte[] Seal(ReadOnlySpan<byte> clear, string purpose)
    {
        var key = ring.Newest();
        var record = new byte[Overhead + clear.Length];
        record[0] = Mark;
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(1), (ushort)key.Id);
        var nonce = record.AsSpan(Head, Nonce);
        RandomNumberGenerator.Fill(nonce);
        Span<byte> context = stackalloc byte[64];
        var cipher = Take(key);
        cipher.Encrypt(
            nonce,
            clear,
            record.AsSpan(Head + Nonce, clear.Length),
            record.AsSpan(record.Length - Tag),
            context[..Encoding.UTF8.GetBytes(purpose, context)]
        );
        ciphers[key.Id].Add(cipher);
        return record;
    }

    /// <summary>What was sealed.</summary>
    /// <exception cref="InvalidDataException">Its key is not in the ring, or the record was changed or is another kind's.</exception>
    public byte[] Open(ReadOnlySpan<byte> record, string purpose)
    {
        if (record.Length < Overhead || record[0] != Mark)
        {
            throw new InvalidDataException($"A record of {purpose} is not sealed, or cut off.");
        }
        var id = KeyOf(record);
        if (ring.Find(id) is not { } key)
        {
            ring.Refresh();
            key =
                ring.Find(id)
                ?? throw new InvalidDataException(
                    $"A record of {purpose} is sealed under key {id}, which is not in the key ring."
                );
        }
        var clear = new byte[record.Length - Overhead];
        Span<byte> context = stackalloc byte[64];
        var cipher = Take(key);
        try
        {
            cipher.Decrypt(
                record.Slice(Head, Nonce),
                record.Slice(Head + Nonce, clear.Length),
                record[^Tag..],
                clear,
                context[..Encoding.UTF8.GetBytes(purpose, context)]
            );
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new InvalidDataException(
                $"A record of {purpose} does not open by key {id}: it was changed, or the key ring is another installation's."
            );
        }
        ciphers[key.Id].Add(cipher);
        return clear;
    }

    public static bool IsSealed(ReadOnlySpan<byte> record) => record is [Mark, ..];

    public static bool IsSealed(string text) => text is [TextMark, ..];

    /// <summary>Number of the key under which a record is sealed.</summary>
    public static int KeyOf(ReadOnlySpan<byte> record) =>
        BinaryPrimitives.ReadUInt16LittleEndian(record[1..]);

    /// <summary>Number of the key under which a text is sealed; 0 for one in clear.</summary>
    public static int KeyOf(string text) =>
        IsSealed(text) ? KeyOf(Base64Url.DecodeFromChars(text.AsSpan(1))) : 0;

    /// <summary>What all records sealed under the newest key begin with.</summary>
    public byte[] NewestHead()
    {
        var head = new byte[Head];
        head[0] = Mark;
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(1), (ushort)ring.Newest().Id);
        return head;
    }

    /// <summary>What all texts sealed under the newest key begin with: three bytes are four letters of base64url.</summary>
    public string NewestTextHead() => TextMark + Base64Url.EncodeToString(NewestHead());

    /// <summary>A text that this ring opens and no other does.</summary>
    public string NewMark() => Seal(Hash("mark", MarkPurpose), MarkPurpose);

    /// <summary>Whether the ring is the one that made the mark.</summary>
    public bool Knows(string mark)
    {
        try
        {
            return Open(mark, MarkPurpose) == Hash("mark", MarkPurpose);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>For text columns: <c>~</c> and the sealed record in base64url.</summary>
    public string Seal(string clear, string purpose) =>
        TextMark + Base64Url.EncodeToString(Seal(Encoding.UTF8.GetBytes(clear), purpose));

    /// <summary>The text; one that was stored before texts were sealed is given as it is.</summary>
    /// <exception cref="InvalidDataException">See <see cref="Open(ReadOnlySpan{byte}, string)"/>.</exception>
    public string Open(string stored, string purpose) =>
        IsSealed(stored)
            ? Encoding.UTF8.GetString(Open(Base64Url.DecodeFromChars(stored.AsSpan(1)), purpose))
            : stored;

    /// <summary>
    /// By which a value is found without opening anything: HMAC-SHA-256 under a key of its own, the first 128 bits in base64url (22
    /// letters). Equal values of one purpose have equal hashes, of two purposes different ones.
    /// </summary>
    public string Hash(string value, string purpose)
    {
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(ring.Lookup, Encoding.UTF8.GetBytes($"{purpose}\0{value}"), hash);
        return Base64Url.EncodeToString(hash[..16]);
    }

    /// <summary>A number that only a holder of the key can compute, for hashes that are compared as numbers.</summary>
    public long Hash(ReadOnlySpan<byte> value)
    {
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(ring.Lookup, value, hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    // A cipher is not safe to share between threads and costs a key schedule: as many as are in use at once.
    private AesGcm Take(SealingKey key) =>
        ciphers.GetOrAdd(key.Id, _ => []).TryTake(out var cipher)
            ? cipher
            : new AesGcm(key.Secret, Tag);
}
