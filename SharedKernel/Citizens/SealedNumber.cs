using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Citizens;

/// <summary>How a number of a person is kept: sealed, and found as a whole by its keyed hash.</summary>
internal static class SealedNumber
{
    public const string Purpose = "citizens.number";

    /// <summary>Letters of a sealed number of 45 letters.</summary>
    public const int Longest = 120;

    private const string ClaimPurpose = "citizens.claim";

    public static string Key(Vault vault, string number) => vault.Hash(number, Purpose);

    /// <summary>How a number that is looked for may stand: hashed, or in clear in a row of before.</summary>
    public static string[] Forms(Vault vault, string? number) =>
        number is null ? [] : [Key(vault, number), number];

    /// <summary>Of the plain hash of a form, which anybody could compute from a guess.</summary>
    public static string Claim(Vault vault, string hash) => vault.Hash(hash, ClaimPurpose);
}
