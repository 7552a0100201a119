using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace SharedKernel.Access.Audit;

/// <summary>
/// The hash chain that makes a changed, removed or re-ordered audit row visible: hash = SHA-256(previous hash, row), where a
/// row is written as netstrings (https://cr.yp.to/proto/netstrings.txt) in the order of <see cref="Canonical"/>, so that
/// anyone can check it with any language. The first row follows 32 zero bytes.
/// </summary>
public static class AuditChain
{
    private const int PageSize = 2000;

    public static byte[] Hash(ReadOnlySpan<byte> previous, AuditRow row)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        hash.AppendData(Canonical(row));
        return hash.GetHashAndReset();
    }

    /// <summary>Reads the whole trail in order. The first row that does not fit is named; null when all fit.</summary>
    public static async Task<AuditVerdict> Verify(AuditDb db, CancellationToken cancel = default)
    {
        var (last, hash) = (0L, new byte[32]);
        while (true)
        {
            var rows = await db
                .Rows.AsNoTracking()
                .Include(row => row.Subjects)
                .Where(row => row.Sequence > last)
                .OrderBy(row => row.Sequence)
                .Take(PageSize)
                .ToListAsync(cancel);
            foreach (var row in rows)
            {
                if (row.Sequence != last + 1)
                {
                    return new(last, hash, new(last + 1, "The row is missing."));
                }
                if (!Hash(hash, row).AsSpan().SequenceEqual(row.Hash))
                {
                    return new(last, hash, new(row.Sequence, "The row is not as it was written."));
                }
                (last, hash) = (row.Sequence, row.Hash);
            }
            if (rows.Count == PageSize)
            {
                continue;
            }
            var head = await db.Head.AsNoTracking().SingleAsync(cancel);
            if (head.Sequence > last)
            {
                // Rows written while we read stand in the next page; a head with no rows behind it has lost them.
                if (await db.Rows.AnyAsync(row => row.Sequence > last, cancel))
                {
                    continue;
                }
                return new(last, hash, new(last + 1, "The row is missing."));
            }
            return head.Sequence == last && head.Hash.AsSpan().SequenceEqual(hash)
                ? new(last, hash, null)
                : new(last, hash, new(last, "The head of the chain is not this row."));
        }
    }

    private static ReadOnlySpan<byte> Canonical(AuditRow row)
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

/// <param name="Rows">How many rows fit, from the first.</param>
/// <param name="Head">Hash of the last row that fits.</param>
public sealed record AuditVerdict(long Rows, byte[] Head, AuditFault? Fault);

/// <param name="Sequence">Number of the first row that does not fit.</param>
public sealed record AuditFault(long Sequence, string Reason);
