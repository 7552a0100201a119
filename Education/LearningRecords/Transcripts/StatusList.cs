using System.Buffers.Text;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Education.LearningRecords.Transcripts;

/// <summary>
/// Which credentials were taken back, one bit each (https://www.w3.org/TR/vc-bitstring-status-list/): a reader fetches a whole list and
/// does not tell which credential is looked at.
/// </summary>
public static class StatusList
{
    /// <summary>The least that the standard allows, for the sake of privacy.</summary>
    public const int Bits = 131_072;

    public static JsonObject Entry(Issuer issuer, int index)
    {
        var list = issuer.StatusList(index / Bits);
        var place = (index % Bits).ToString(CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["id"] = $"{list}#{place}",
            ["type"] = "BitstringStatusListEntry",
            ["statusPurpose"] = "revocation",
            ["statusListIndex"] = place,
            ["statusListCredential"] = list,
        };
    }

    /// <summary>The list as a credential of the issuer.</summary>
    /// <param name="revoked">Indexes counted through all lists; those of other lists are left out.</param>
    public static JsonObject Credential(
        Issuer issuer,
        int number,
        IEnumerable<int> revoked,
        DateTimeOffset at
    )
    {
        var bits = new byte[Bits / 8];
        foreach (var index in revoked.Where(index => index / Bits == number))
        {
            // The first bit of the list is the left-most of the first byte.
            bits[index % Bits / 8] |= (byte)(0x80 >> (index % 8));
        }
        var list = issuer.StatusList(number);
        return new JsonObject
        {
            ["@context"] = new JsonArray("https://www.w3.org/ns/credentials/v2"),
            ["id"] = list,
            ["type"] = new JsonArray("VerifiableCredential", "BitstringStatusListCredential"),
            ["issuer"] = issuer.Profile(),
            ["validFrom"] = ClrDocument.Time(at),
            ["credentialSubject"] = new JsonObject
            {
                ["id"] = $"{list}#list",
                ["type"] = "BitstringStatusList",
                ["statusPurpose"] = "revocation",
                ["encodedList"] = "u" + Encoded(bits),
            },
        };
    }

    private static string Encoded(byte[] bits)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(bits);
        }
        return Base64Url.EncodeToString(packed.ToArray());
    }
}
