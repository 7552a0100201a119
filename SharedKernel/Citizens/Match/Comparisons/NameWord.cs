namespace SharedKernel.Citizens.Match;

/// <summary>
/// One word of a name in two integers: its letters without marks (five bits each, up to twelve), and its marks. A tone belongs to
/// the word and not to a letter, so <c>oà</c> and <c>òa</c> are one; <c>y</c> as the only vowel at the end is written <c>i</c> (Lý, Lí).
/// </summary>
public readonly record struct NameWord(ulong Letters, ulong Marks)
{
    private const int Longest = 12;
    private const int ToneAt = 2 * Longest;

    private const int Plain = 0,
        Roof = 1, // â ê ô, and the stroke of đ
        Bowl = 2, // ă
        Horn = 3; // ơ ư

    private static readonly HashSet<string> Beginnings =
    [
        .. "b c ch d g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".Split(' '),
        "",
    ];
    private static readonly HashSet<string> Endings = [.. "c ch m n ng nh p t".Split(' '), ""];

    /// <summary>Reads a word, with what a keyboard left behind of Telex (<c>Nguyeexn</c>) or VNI (<c>Nguye6n4</c>) put right.</summary>
    /// <param name="word">Any case, Unicode form D, letters and digits.</param>
    internal static NameWord Read(ReadOnlySpan<char> word)
    {
        Span<char> letters = stackalloc char[2 * Longest];
        Span<int> marks = stackalloc int[2 * Longest];
        var (length, tone, marked) = (0, 0, false);
        foreach (var symbol in word)
        {
            var letter = char.ToLowerInvariant(symbol);
            var mark = letter switch
            {
                '\u0302' => Roof,
                '\u0306' => Bowl,
                '\u031B' => Horn,
                _ => Plain,
            };
            var toneMark = letter switch
            {
                '\u0301' => 1,
                '\u0300' => 2,
                '\u0309' => 3,
                '\u0303' => 4,
                '\u0323' => 5,
                _ => 0,
            };
            if (toneMark > 0)
            {
                (tone, marked) = (toneMark, true);
            }
            else if (mark != Plain)
            {
                marked = true;
                if (length > 0)
                {
                    marks[length - 1] = mark;
                }
            }
            else if (letter == 'đ' && length < letters.Length)
            {
                (letters[length], marks[length++], marked) = ('d', Roof, true);
            }
            else if (letter is >= 'a' and <= 'z' or >= '0' and <= '9' && length < letters.Length)
            {
                letters[length++] = letter;
            }
        }
        if (!marked)
        {
            Untype(letters, marks, ref length, ref tone);
        }
        return Pack(letters[..length], marks, tone);
    }

    internal bool IsMarked => Marks != 0;

    /// <summary>Whether the letters can be a syllable of ours.</summary>
    internal bool IsVietnamese
    {
        get
        {
            Span<char> letters = stackalloc char[Longest];
            return IsSyllable(Write(letters));
        }
    }

    internal int Length
    {
        get
        {
            var length = 0;
            for (var rest = Letters; rest != 0; rest >>= 5)
            {
                length++;
            }
            return length;
        }
    }

    /// <summary>One letter changed, added, left out, or two neighbours swapped; marks do not count.</summary>
    internal static bool OneSlip(NameWord a, NameWord b)
    {
        Span<char> left = stackalloc char[Longest];
        Span<char> right = stackalloc char[Longest];
        return StringDistance.Damerau(a.Write(left), b.Write(right), 1) == 1;
    }

    internal Span<char> Write(Span<char> text)
    {
        var length = Length;
        for (var i = 0; i < length; i++)
        {
            text[i] = (char)('a' - 1 + (int)((Letters >> (5 * (length - 1 - i))) & 31));
        }
        return text[..length];
    }

    internal static ulong LettersOf(ReadOnlySpan<char> word) => Pack(word, [], 0).Letters;

    private static NameWord Pack(ReadOnlySpan<char> letters, ReadOnlySpan<int> marks, int tone)
    {
        ulong packed = 0,
            packedMarks = 0;
        var length = 0;
        for (var i = 0; i < letters.Length && length < Longest; i++)
        {
            var letter = letters[i];
            if (!char.IsAsciiLetterLower(letter))
            {
                continue;
            }
            if (letter == 'y' && i == letters.Length - 1 && IsOnlyVowel(letters))
            {
                letter = 'i';
            }
            packed = (packed << 5) | (uint)(letter - 'a' + 1);
            if (i < marks.Length)
            {
                packedMarks |= (ulong)marks[i] << (2 * length);
            }
            length++;
        }
        return new(packed, packedMarks | ((ulong)tone << ToneAt));
    }

    /// <summary>The last letter is the only vowel: ly, my, thy, and quy, where u belongs to the beginning.</summary>
    private static bool IsOnlyVowel(ReadOnlySpan<char> letters) =>
        letters.Length > 1 && !letters[..^1].ContainsAny(letters[0] == 'q' ? "aeioy" : "aeiouy");

    private static void Untype(Span<char> letters, Span<int> marks, ref int length, ref int tone)
    {
        Span<char> clean = stackalloc char[letters.Length];
        Span<int> cleanMarks = stackalloc int[letters.Length];
        var (count, vowels, typed, cleanTone) = (0, 0, false, 0);
        for (var i = 0; i < length; i++)
        {
            var key = letters[i];
            var afterVowel = vowels > 0;
            var (mark, toneKey, on) = key switch
            {
                >= '1' and <= '5' => (Plain, key - '0', ""),
                '6' => (Roof, 0, "aeo"),
                '7' => (Horn, 0, "ou"),
                '8' => (Bowl, 0, "a"),
                '9' => (Roof, 0, "d"),
                's' when afterVowel => (Plain, 1, ""),
                'f' when afterVowel => (Plain, 2, ""),
                'r' when afterVowel => (Plain, 3, ""),
                'x' when afterVowel => (Plain, 4, ""),
                'j' when afterVowel => (Plain, 5, ""),
                'w' when afterVowel => (Horn, 0, "aou"),
                'a' or 'e' or 'o' when count > 0 && clean[count - 1] == key => (
                    Roof,
                    0,
                    key.ToString()
                ),
                'd' when count == 1 && clean[0] == 'd' => (Roof, 0, "d"),
                _ => (Plain, 0, ""),
            };
            if (toneKey > 0)
            {
                (cleanTone, typed) = (toneKey, true);
                continue;
            }
            var at = on.Length > 0 ? clean[..count].LastIndexOfAny(on) : -1;
            if (at >= 0)
            {
                cleanMarks[at] = mark == Horn && clean[at] == 'a' ? Bowl : mark;
                if (mark == Horn && clean[at] == 'o' && at > 0 && clean[at - 1] == 'u')
                {
                    cleanMarks[at - 1] = Horn;
                }
                typed = true;
                continue;
            }
            vowels += key is 'a' or 'e' or 'i' or 'o' or 'u' or 'y' ? 1 : 0;
            clean[count++] = key;
        }
        // "Alex" and "James" are names too: only what then reads as a Vietnamese syllable was typed.
        if (typed && IsSyllable(clean[..count]))
        {
            clean.CopyTo(letters);
            cleanMarks.CopyTo(marks);
            (length, tone) = (count, cleanTone);
        }
    }

    private static bool IsSyllable(ReadOnlySpan<char> letters)
    {
        var start = letters.IndexOfAny("aeiouy");
        var end = letters.LastIndexOfAny("aeiouy") + 1;
        if (start < 0 || end - start > 3)
        {
            return false;
        }
        var beginning = letters[..start];
        return (beginning is "q" || Beginnings.Contains(beginning.ToString()))
            && !letters[start..end].ContainsAnyExcept("aeiouy")
            && Endings.Contains(letters[end..].ToString());
    }
}
