using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SharedKernel.Access.Audit;

/// <summary>
/// The hash chain that makes a changed, removed or re-ordered audit row visible: hash = SHA-256(previous hash, row), where a
/// row is written as netstrings (https://cr.yp.to/proto/netstrings.txt) in the order of <see cref="Canonical"/>, so that
/// anyone can check it with any language. The first row follows 32 zero bytes.
/// </summary>
public static class AuditChain
{
    public static byte[] Hash(ReadOnlySpan<byte> previous, AuditRow row)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        hash.AppendData(Canonical(row));
        return hash.GetHashAndReset();
    }

    public static byte[] Leaf(AuditRow row) => MerkleTree.Leaf(Canonical(row));

    /// <summary>The row as bytes; also its leaf in the <see cref="AuditTree"/>.</summary>
    public static ReadOnlySpan<byte> Canonical(AuditRow row)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        Write(bytes, row.Sequence.ToString(CultureInfo.InvariantCulture));
        Write(
            bytes,
            row.At.UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'",
                CultureInfo.InvariantCulture
            )
        );
        Write(bytes, row.CallerId);
        Write(bytes, row.CallerName);
        Write(bytes, row.Roles);
        Write(bytes, row.Organisation);
        Write(bytes, row.Address);
        Write(bytes, row.Action.ToString());
        Write(bytes, row.What);
        Write(bytes, row.Allowed ? "allowed" : "refused");
        Write(bytes, row.Detail);
        foreach (
            var subject in row
                .Subjects.Select(subject => subject.Subject)
                .Order(StringComparer.Ordinal)
        )
        {
            Write(bytes, subject);
        }
        return bytes.WrittenSpan;
    }

    /// <summary><c>5:hello,</c>; an absent value is <c>-,</c>, which no netstring can be.</summary>
    private static void Write(ArrayBufferWriter<byte> bytes, string? value)
    {
        if (value is not null)
        {
            Encoding.UTF8.GetBytes(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Encoding.UTF8.GetByteCount(value)}:{value}"
                ),
                bytes
            );
        }
        else
        {
            bytes.Write("-"u8);
        }
        bytes.Write(","u8);
    }
}
