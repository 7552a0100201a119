namespace SharedKernel.Citizens.Match;

/// <summary>
/// Số định danh cá nhân together with the numbers that a person had before it: <c>"001090012345 012345678"</c>, the one in force
/// first. Equal if any number of one is any number of the other.
/// </summary>
public sealed class PersonalIdComparison()
    : Comparison<HeldNumbers>([
        new("trùng số", "the same number", 0.97, 0.0000005),
        new("lệch một chữ số", "one digit off", 0.02, 0.00001),
        new("khác số", "another number", 0.01, 0.99998),
    ])
{
    public const int Same = 0,
        OneDigit = 1,
        Other = 2;

    internal override bool TryRead(string text, out HeldNumbers value)
    {
        ulong first = 0,
            second = 0;
        foreach (var range in text.AsSpan().Split(' '))
        {
            if (!ulong.TryParse(text.AsSpan()[range], out var number))
            {
                continue;
            }
            // A number keeps its length: 012345678 and 12345678 are two people's.
            number += (ulong)text.AsSpan()[range].Length * 100_000_000_000_000;
            if (first == 0)
            {
                first = number;
            }
            else if (second == 0)
            {
                second = number;
            }
        }
        value = new(first, second);
        return first != 0;
    }

    internal override int Compare(in HeldNumbers left, in HeldNumbers right)
    {
        if (
            left.Current == right.Current
            || left.Former != 0 && (left.Former == right.Current || left.Former == right.Former)
            || right.Former != 0 && right.Former == left.Current
        )
        {
            return Same;
        }
        // A card of nine digits and an ID of twelve tell nothing about each other.
        return Length(left.Current) != Length(right.Current) ? Missing
            : Slip(left.Current, right.Current) ? OneDigit
            : Other;
    }

    internal override ulong Key(in HeldNumbers value, KeyOf part) =>
        part == KeyOf.Value ? Hash.Mix(value.Current) | 1 : throw HasNo(part);

    private static ulong Length(ulong number) => number / 100_000_000_000_000;

    /// <summary>One digit changed, or two neighbours swapped.</summary>
    private static bool Slip(ulong a, ulong b)
    {
        var different = 0;
        ulong lastA = 10,
            lastB = 10;
        while (a != b)
        {
            var (digitA, digitB) = (a % 10, b % 10);
            if (digitA != digitB)
            {
                different++;
                if (different > 2 || different == 2 && (digitA != lastB || digitB != lastA))
                {
                    return false;
                }
            }
            (lastA, lastB) = digitA == digitB ? (10UL, 10UL) : (digitA, digitB);
            (a, b) = (a / 10, b / 10);
        }
        return true;
    }
}

public readonly record struct HeldNumbers(ulong Current, ulong Former);
