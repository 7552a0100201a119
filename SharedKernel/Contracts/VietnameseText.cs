using System.Globalization;
using System.Text;

namespace SharedKernel.Contracts;

public static class VietnameseText
{
    /// <summary>For comparing and searching: lower case, without diacritics, đ as d. <c>"Nguyễn Đức" → "nguyen duc"</c>.</summary>
    public static string WithoutDiacritics(this string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var letter in text.Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)
            {
                plain.Append(letter is 'đ' or 'Đ' ? 'd' : char.ToLowerInvariant(letter));
            }
        }
        return plain.ToString();
    }
}
