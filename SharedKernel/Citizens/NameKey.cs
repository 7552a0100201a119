using System.Text;
using System.Text.RegularExpressions;
using SharedKernel.Contracts;

namespace SharedKernel.Citizens;

/// <summary>How a name is written down and how it is compared.</summary>
internal static partial class NameKey
{
    /// <summary>NFC, trimmed, single spaces; the case stays as typed, since <c>Lê Thị H'Mai</c> has rules of its own.</summary>
    public static string Written(string? name) =>
        Spaces().Replace((name ?? "").Normalize(NormalizationForm.FormC), " ").Trim();

    /// <summary><c>"Nguyễn  Đức Anh" → "nguyen duc anh"</c>.</summary>
    public static string Of(string? name) => string.Join(' ', Words(name));

    public static IEnumerable<string> Words(string? name) =>
        NotInWord()
            .Split((name ?? "").WithoutDiacritics())
            .Where(word => word.Length > 0)
            .Distinct(StringComparer.Ordinal);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"[^\p{L}\p{N}]+")]
    private static partial Regex NotInWord();
}
