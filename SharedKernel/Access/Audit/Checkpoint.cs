using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace SharedKernel.Access.Audit;

/// <summary>
/// A signed tree head as text, in the form that transparency logs share so that their tools and witnesses read it too: a
/// checkpoint (https://c2sp.org/tlog-checkpoint) in a signed note (https://c2sp.org/signed-note), Ed25519.
/// <code>
/// records/audit
/// 1234
/// base64 of the root
/// at 2026-11-23T17:00:00.000000Z
///
/// — records/audit base64 of key id (4 bytes) and signature (64 bytes)
/// </code>
/// </summary>
/// <param name="Size">Rows of the trail.</param>
/// <param name="Root">SHA-256, 32 bytes.</param>
/// <param name="At">When it was signed; an extension line.</param>
public sealed record Checkpoint(string Origin, long Size, byte[] Root, DateTimeOffset At)
{
    public const int Longest = 1000;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private const string SignatureMark = "\u2014 ";

    public string Sign(AuditKey key) =>
        $"{Text()}\n{SignatureMark}{Origin} {Convert.ToBase64String([.. key.Id(Origin), .. key.Sign(Encoding.UTF8.GetBytes(Text()))])}\n";

    /// <summary>Null when the text is no checkpoint, or bears no good signature by this key.</summary>
    public static Checkpoint? Open(string note, AuditPublicKey key)
    {
        var cut = note.IndexOf("\n\n" + SignatureMark, StringComparison.Ordinal);
        if (cut < 0 || note.Length > Longest)
        {
            return null;
        }
        var text = note[..(cut + 1)];
        var signed = note[(cut + 2)..]
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Any(line => IsSignedBy(line, text, key));
        return signed ? Parse(text) : null;
    }

    private static bool IsSignedBy(string line, string text, AuditPublicKey key)
    {
        var signature = new byte[4 + AuditKey.SignatureBytes];
        return line.StartsWith(SignatureMark, StringComparison.Ordinal)
            && line[SignatureMark.Length..].Split(' ') is [var name, var encoded]
            && name == key.Name
            && Convert.TryFromBase64String(encoded, signature, out var length)
            && length == signature.Length
            && BinaryPrimitives.ReadUInt32BigEndian(signature)
                == BinaryPrimitives.ReadUInt32BigEndian(key.Id)
            && key.Verifies(Encoding.UTF8.GetBytes(text), signature[4..]);
    }

    private static Checkpoint? Parse(string text)
    {
        var root = new byte[MerkleTree.HashBytes];
        return
            text.Split('\n') is [var origin, var size, var encoded, ['a', 't', ' ', .. var at], ""]
            && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
            && Convert.TryFromBase64String(encoded, root, out var length)
            && length == root.Length
            && DateTimeOffset.TryParseExact(
                at,
                TimeFormat,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var time
            )
            ? new(origin, rows, root, time)
            : null;
    }

    private string Text() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Origin}\n{Size}\n{Convert.ToBase64String(Root)}\nat {At.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}\n"
        );
}
