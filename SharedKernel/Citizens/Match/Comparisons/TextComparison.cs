using SharedKernel.Contracts;

namespace SharedKernel.Citizens.Match;

/// <summary>Free text such as a foreign name or a street: exact, then Jaro-Winkler from 0.92 and from 0.88.</summary>
public sealed class TextComparison()
    : Comparison<PooledText>([
        new("giống nhau", "the same", 0.90, 0.002),
        new("gần giống", "nearly the same", 0.05, 0.003),
        new("hơi giống", "similar", 0.02, 0.005),
        new("khác nhau", "different", 0.03, 0.99),
    ])
{
    private const int CacheSize = 1 << 16;

    [ThreadStatic]
    private static (ulong Pair, sbyte Level)[]? cache;
    private static int pools;

    private readonly uint pool = (uint)Interlocked.Increment(ref pools) & 0xFF;
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);

    public override int FrequencyLevels => 1;

    internal override bool TryRead(string text, out PooledText value)
    {
        var clean = string.Concat(text.WithoutDiacritics().Where(char.IsLetterOrDigit));
        if (clean.Length == 0)
        {
            value = default;
            return false;
        }
        lock (numbers)
        {
            if (!numbers.TryGetValue(clean, out var number))
            {
                numbers.Add(clean, number = numbers.Count + 1);
            }
            value = new(clean, number);
            return true;
        }
    }

    /// <summary>Pairs of texts come again and again; what was worked out for a pair is kept by its two numbers.</summary>
    internal override int Compare(in PooledText left, in PooledText right)
    {
        if (left.Number == right.Number)
        {
            return 0;
        }
        var (low, high) =
            left.Number < right.Number ? (left.Number, right.Number) : (right.Number, left.Number);
        var pair = ((ulong)pool << 56) | ((ulong)(uint)low << 28) | (uint)high;
        cache ??= new (ulong, sbyte)[CacheSize];
        ref var entry = ref cache[Hash.Mix(pair) % CacheSize];
        if (entry.Pair != pair)
        {
            // Jaro's matching of letters is greedy and may depend on the order of the two.
            var similarity =
                string.CompareOrdinal(left.Text, right.Text) < 0
                    ? StringDistance.JaroWinkler(left.Text, right.Text)
                    : StringDistance.JaroWinkler(right.Text, left.Text);
            entry = (
                pair,
                (sbyte)(
                    similarity >= 0.92 ? 1
                    : similarity >= 0.88 ? 2
                    : 3
                )
            );
        }
        return entry.Level;
    }

    internal override ulong Key(in PooledText value, KeyOf part) =>
        part switch
        {
            KeyOf.Value => Hash.Of(value.Text),
            KeyOf.Start => Hash.Of(value.Text.AsSpan(0, Math.Min(3, value.Text.Length))),
            KeyOf.Sound => Sound(value.Text),
            _ => throw HasNo(part),
        };

    /// <summary>First letter, then the consonants without repetition.</summary>
    private static ulong Sound(string text)
    {
        Span<char> sound = stackalloc char[8];
        var length = 0;
        foreach (var letter in text)
        {
            var vowel = letter is 'a' or 'e' or 'i' or 'o' or 'u' or 'y' or 'h' or 'w';
            if (length == 0 || !vowel && sound[length - 1] != letter)
            {
                sound[length++] = letter;
            }
            if (length == sound.Length)
            {
                break;
            }
        }
        return Hash.Of(sound[..length]);
    }
}

/// <param name="Number">Equal numbers are equal texts.</param>
public readonly record struct PooledText(string Text, int Number);
