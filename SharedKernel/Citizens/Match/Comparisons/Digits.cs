namespace SharedKernel.Citizens.Match;

/// <summary>Up to 20 letters and digits, six bits each, so that a number lies in its column without a string.</summary>
public readonly record struct Digits(ulong High, ulong Low)
{
    private const int Half = 10;

    internal ulong Key => Hash.Mix(High * 31 + Low) | 1;

    internal static bool TryRead(string text, out Digits value)
    {
        ulong high = 0,
            low = 0;
        var length = 0;
        foreach (var letter in text)
        {
            var code = letter switch
            {
                >= '0' and <= '9' => letter - '0' + 1,
                >= 'a' and <= 'z' => letter - 'a' + 11,
                >= 'A' and <= 'Z' => letter - 'A' + 11,
                _ => 0,
            };
            if (code == 0 || length == 2 * Half)
            {
                continue;
            }
            if (length < Half)
            {
                high = (high << 6) | (uint)code;
            }
            else
            {
                low = (low << 6) | (uint)code;
            }
            length++;
        }
        value = new(high, low);
        return length > 0;
    }

    internal static int Distance(in Digits a, in Digits b, int most)
    {
        Span<char> left = stackalloc char[2 * Half];
        Span<char> right = stackalloc char[2 * Half];
        return StringDistance.Damerau(a.Write(left), b.Write(right), most);
    }

    internal ulong Start(int length)
    {
        Span<char> text = stackalloc char[2 * Half];
        var written = Write(text);
        return Hash.Of(written[..Math.Min(length, written.Length)]);
    }

    private Span<char> Write(Span<char> text)
    {
        var length = 0;
        foreach (var half in (ReadOnlySpan<ulong>)[High, Low])
        {
            for (var shift = 6 * (Half - 1); shift >= 0; shift -= 6)
            {
                if (((half >> shift) & 63) is var code and not 0)
                {
                    text[length++] = (char)code;
                }
            }
        }
        return text[..length];
    }
}
