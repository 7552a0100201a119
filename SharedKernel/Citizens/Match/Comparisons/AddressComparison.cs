using SharedKernel.Contracts;

namespace SharedKernel.Citizens.Match;

/// <summary>
/// Commune code and street: <c>"00004|Số 12 ngõ 3 Lê Lợi"</c>, either half may be empty. Communes are compared by the code in
/// force, so an address written before the mergers of July 2025 meets the same place.
/// </summary>
/// <param name="communeNow">Code in force of a commune that has gone, or null if there is none or more than one.</param>
public sealed class AddressComparison(Func<string, string?>? communeNow = null)
    : Comparison<Place>([
        new("cùng xã, cùng chỗ ở", "the same commune and street", 0.60, 0.00001),
        new("cùng xã", "the same commune", 0.20, 0.002),
        new("giống chỗ ở, khác hoặc không rõ xã", "the same street, another commune", 0.03, 0.001),
        new("khác nhau", "different", 0.17, 0.99699),
    ])
{
    private const int MostWords = 8;

    internal override bool TryRead(string text, out Place value)
    {
        value = default;
        var bar = text.IndexOf('|');
        var code = bar > 0 ? text[..bar].Trim() : "";
        value.Commune = int.TryParse(communeNow?.Invoke(code) ?? code, out var number) ? number : 0;
        var street = text[(bar + 1)..].WithoutDiacritics().AsSpan();
        Span<ulong> words = value.Words;
        for (var start = 0; start < street.Length && value.Count < MostWords; )
        {
            var end = start;
            while (end < street.Length && char.IsLetterOrDigit(street[end]))
            {
                end++;
            }
            var word = street[start..end];
            // "Số 12, thôn 3" and "12 thôn 3" are one address.
            if (word.Length > 0 && !word.SequenceEqual("so"))
            {
                words[value.Count++] = Hash.Of(word);
            }
            start = end + 1;
        }
        return value.Commune != 0 || value.Count > 0;
    }

    internal override int Compare(in Place left, in Place right)
    {
        var bothCommunes = left.Commune != 0 && right.Commune != 0;
        var bothStreets = left.Count > 0 && right.Count > 0;
        if (!bothCommunes && !bothStreets)
        {
            return Missing;
        }
        var sameCommune = bothCommunes && left.Commune == right.Commune;
        var sameStreet = bothStreets && Same(left, right);
        return (sameCommune, sameStreet) switch
        {
            (true, true) => 0,
            (true, _) => 1,
            (_, true) => 2,
            _ => 3,
        };
    }

    /// <summary>Two of three words in common, counted on both sides.</summary>
    private static bool Same(in Place left, in Place right)
    {
        var common = 0;
        ReadOnlySpan<ulong> a = left.Words;
        ReadOnlySpan<ulong> b = right.Words;
        b = b[..right.Count];
        foreach (var word in a[..left.Count])
        {
            common += b.Contains(word) ? 1 : 0;
        }
        return 3 * common >= 2 * Math.Max(left.Count, right.Count);
    }

    internal override ulong Key(in Place value, KeyOf part) =>
        part == KeyOf.Commune ? (ulong)value.Commune : throw HasNo(part);
}

public struct Place
{
    internal int Commune;
    internal int Count;
    internal PlaceWords Words;
}

[System.Runtime.CompilerServices.InlineArray(8)]
internal struct PlaceWords
{
    private ulong first;
}
