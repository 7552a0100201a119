namespace SharedKernel.Citizens.Match;

public static class StringDistance
{
    private const int Longest = 128;

    /// <summary>1 for equal, 0 for nothing in common (Winkler 1990: prefix of up to four, scale 0.1).</summary>
    public static double JaroWinkler(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        a = a[..Math.Min(a.Length, Longest)];
        b = b[..Math.Min(b.Length, Longest)];
        if (a.Length == 0 || b.Length == 0)
        {
            return a.Length == b.Length ? 1 : 0;
        }
        var window = Math.Max(0, Math.Max(a.Length, b.Length) / 2 - 1);
        Span<bool> inA = stackalloc bool[a.Length];
        Span<bool> inB = stackalloc bool[b.Length];
        var common = 0;
        for (var i = 0; i < a.Length; i++)
        {
            var end = Math.Min(b.Length, i + window + 1);
            for (var j = Math.Max(0, i - window); j < end; j++)
            {
                if (!inB[j] && a[i] == b[j])
                {
                    inA[i] = inB[j] = true;
                    common++;
                    break;
                }
            }
        }
        if (common == 0)
        {
            return 0;
        }
        var outOfOrder = 0;
        for (int i = 0, j = 0; i < a.Length; i++)
        {
            if (!inA[i])
            {
                continue;
            }
            while (!inB[j])
            {
                j++;
            }
            outOfOrder += a[i] == b[j++] ? 0 : 1;
        }
        double m = common;
        var jaro = (m / a.Length + m / b.Length + (m - outOfOrder / 2) / m) / 3;
        var prefix = 0;
        while (prefix < Math.Min(4, Math.Min(a.Length, b.Length)) && a[prefix] == b[prefix])
        {
            prefix++;
        }
        return jaro + prefix * 0.1 * (1 - jaro);
    }

    /// <summary>
    /// Least number of insertions, deletions, changes and swaps of neighbours (Damerau-Levenshtein, optimal string alignment);
    /// any number above <paramref name="most"/> is told as <c>most + 1</c>.
    /// </summary>
    public static int Damerau(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int most)
    {
        a = a[..Math.Min(a.Length, Longest)];
        b = b[..Math.Min(b.Length, Longest)];
        if (Math.Abs(a.Length - b.Length) > most)
        {
            return most + 1;
        }
        Span<int> before = stackalloc int[b.Length + 1];
        Span<int> last = stackalloc int[b.Length + 1];
        Span<int> row = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            var least = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                var value = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    value = Math.Min(value, before[j - 2] + 1);
                }
                row[j] = value;
                least = Math.Min(least, value);
            }
            if (least > most)
            {
                return most + 1;
            }
            var free = before;
            before = last;
            last = row;
            row = free;
        }
        return Math.Min(last[b.Length], most + 1);
    }
}
