using System.Security.Cryptography;

namespace SharedKernel.Payments.Invoices;

/// <summary>
/// What a transfer says so that its invoice is found: <c>RC</c>, ten random letters or digits, and two check characters by ISO/IEC
/// 7064 MOD 1271-36, which miss no single wrong character and no two that changed places. It stands in field 62.08 of the VietQR.
/// </summary>
public static class PaymentReference
{
    public const int Length = 14;
    private const string Prefix = "RC";
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>Without the letters that are taken for digits.</summary>
    private const string Body = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Modulus = 1271;

    public static string New() => WithCheck(Prefix + RandomNumberGenerator.GetString(Body, 10));

    /// <summary>The text with its two check characters behind.</summary>
    public static string WithCheck(string text)
    {
        var check = (Modulus + 1 - Value(text + "00")) % Modulus;
        return text + Alphabet[check / Alphabet.Length] + Alphabet[check % Alphabet.Length];
    }

    public static bool IsRight(string reference) =>
        reference.Length == Length
        && reference.StartsWith(Prefix, StringComparison.Ordinal)
        && reference.All(char.IsAsciiLetterOrDigit)
        && reference.All(letter => Alphabet.Contains(letter, StringComparison.Ordinal))
        && Value(reference) == 1;

    /// <summary>
    /// The references in what a bank passes on: banks put their own words around it, take the payer's spaces away or add some, and change
    /// the case.
    /// </summary>
    public static IReadOnlyList<string> FindIn(string content)
    {
        var letters = string.Concat(content.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        var found = new List<string>();
        for (
            var at = letters.IndexOf(Prefix, StringComparison.Ordinal);
            at >= 0 && at + Length <= letters.Length;
            at = letters.IndexOf(Prefix, at + 1, StringComparison.Ordinal)
        )
        {
            if (letters.Substring(at, Length) is var candidate && IsRight(candidate))
            {
                found.Add(candidate);
            }
        }
        return [.. found.Distinct(StringComparer.Ordinal)];
    }

    private static int Value(string text) =>
        text.Aggregate(
            0,
            (value, letter) =>
                (value * Alphabet.Length + Alphabet.IndexOf(letter, StringComparison.Ordinal))
                % Modulus
        );
}
