using System.Text;

namespace Samples.GeneratedPeople;

/// <summary>
/// What a Vietnamese keyboard leaves when it is off: the keys themselves. Telex writes <c>Nguyeenx Vawn</c>, VNI <c>Nguye6n4 Va8n</c> for
/// Nguyễn Văn; the tone is typed at the end of the word.
/// </summary>
internal static class TypedResidue
{
    public static string Telex(string word) => Keys(word, "dd", ["f", "s", "r", "x", "j"], null);

    public static string Vni(string word) =>
        Keys(word, "d9", ["2", "1", "3", "4", "5"], ["6", "8", "7"]);

    /// <param name="tones">For the grave, the acute, the hook, the tilde and the dot.</param>
    /// <param name="shapes">For circumflex, breve and horn; null where the letter is typed twice, or w.</param>
    private static string Keys(string word, string barred, string[] tones, string[]? shapes)
    {
        var keys = new StringBuilder();
        var tone = "";
        foreach (var letter in word.Normalize(NormalizationForm.FormD))
        {
            switch (letter)
            {
                case 'đ':
                    keys.Append(barred);
                    break;
                case 'Đ':
                    keys.Append('D').Append(barred[1..]);
                    break;
                case '\u0302':
                    keys.Append(shapes?[0] ?? char.ToLowerInvariant(keys[^1]).ToString());
                    break;
                case '\u0306':
                    keys.Append(shapes?[1] ?? "w");
                    break;
                case '\u031B':
                    keys.Append(shapes?[2] ?? "w");
                    break;
                case '\u0300' or '\u0301' or '\u0309' or '\u0303' or '\u0323':
                    tone = tones[
                        "\u0300\u0301\u0309\u0303\u0323".IndexOf(letter, StringComparison.Ordinal)
                    ];
                    break;
                default:
                    keys.Append(letter);
                    break;
            }
        }
        return keys.Append(tone).ToString();
    }
}
