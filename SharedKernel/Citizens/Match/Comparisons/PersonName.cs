using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace SharedKernel.Citizens.Match;

/// <summary>A person's name in words: family name first, given name last.</summary>
public struct PersonName
{
    internal const int MostWords = 8;

    private NameWords words;

    internal int Count { get; private set; }

    /// <summary>Not one mark in the whole name: it was typed without them, they are not known to be absent.</summary>
    internal bool IsUnmarked { get; private set; }

    /// <summary>A newborn on file under its mother's name (<c>Con bà Nguyễn Thị Lan</c>); the words are hers.</summary>
    internal bool IsNewborn { get; private set; }

    /// <summary>First, second … child of one birth; 0 where it is not said.</summary>
    internal int BirthOrder { get; private set; }

    /// <summary>The name without its spaces, for <c>Thuý Hằng</c> typed as <c>Thuýhằng</c>.</summary>
    internal ulong Joined { get; private set; }

    /// <summary>All words without marks in any order.</summary>
    internal ulong WordsKey { get; private set; }

    [UnscopedRef]
    internal readonly ReadOnlySpan<NameWord> Words => ((ReadOnlySpan<NameWord>)words)[..Count];
    internal readonly NameWord Given => words[Count - 1];
    internal readonly NameWord Family => words[0];

    private static readonly string[] NewbornPrefixes =
    [
        "con ba ",
        "con cua ba ",
        "con chi ",
        "con me ",
        "con san phu ",
        "be con ba ",
        "so sinh con ba ",
        "tre so sinh con ba ",
        "cb ",
    ];

    /// <summary>With these a name written in western order (Lan Nguyễn) is told from ours.</summary>
    private static readonly HashSet<ulong> FamilyNames =
    [
        .. (
            "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh doan "
            + "trinh truong luong mai to ta ha cao luu thai chu chau phung quach la vuong trieu dam "
        )
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => NameWord.LettersOf(word)),
    ];

    /// <summary>One name, two spellings: north and south, or avoided for a lord of old.</summary>
    private static readonly Dictionary<ulong, ulong> Variants = new[]
    {
        ("huynh", "hoang"),
        ("vo", "vu"),
        ("phuoc", "phuc"),
        ("chau", "chu"),
        ("nhon", "nhan"),
        ("tanh", "tinh"),
        ("chanh", "chinh"),
        ("kieng", "canh"),
        ("ngai", "nghia"),
        ("thoi", "thai"),
        ("buu", "bao"),
        ("tong", "tung"),
    }.ToDictionary(pair => NameWord.LettersOf(pair.Item1), pair => NameWord.LettersOf(pair.Item2));

    /// <summary>The word as its other spelling has it, so that both are one.</summary>
    internal static ulong Root(NameWord word) =>
        Variants.GetValueOrDefault(word.Letters, word.Letters);

    internal static bool TryRead(string text, out PersonName name)
    {
        name = default;
        var letters = text.Normalize(NormalizationForm.FormD).AsSpan();
        Span<NameWord> found = stackalloc NameWord[MostWords];
        var count = 0;
        for (var start = 0; start < letters.Length; )
        {
            var end = start;
            while (end < letters.Length && IsOfWord(letters[end]))
            {
                end++;
            }
            var word = NameWord.Read(letters[start..end]);
            if (word.Letters != 0)
            {
                // The last word is the given name, so of a very long name the words before it give way.
                found[Math.Min(count, MostWords - 1)] = word;
                count = Math.Min(count + 1, MostWords);
            }
            else if (end - start == 1 && char.IsAsciiDigit(letters[start]))
            {
                name.BirthOrder = letters[start] - '0';
            }
            start = end + 1;
        }
        var words = found[..count];
        name.DropNewbornPrefix(ref words);
        if (words.Length == 0)
        {
            return false;
        }
        if (
            words.Length > 1
            && !FamilyNames.Contains(words[0].Letters)
            && FamilyNames.Contains(words[^1].Letters)
        )
        {
            var family = words[^1];
            words[..^1].CopyTo(words[1..]);
            words[0] = family;
        }
        name.Take(words);
        return true;
    }

    private void Take(ReadOnlySpan<NameWord> from)
    {
        Count = from.Length;
        IsUnmarked = true;
        Span<char> text = stackalloc char[12];
        Span<char> joined = stackalloc char[12 * MostWords];
        var length = 0;
        ulong sum = 0;
        for (var i = 0; i < from.Length; i++)
        {
            words[i] = from[i];
            IsUnmarked &= !from[i].IsMarked;
            var written = from[i].Write(text);
            written.CopyTo(joined[length..]);
            length += written.Length;
            sum += Hash.Mix(Root(from[i]));
        }
        Joined = Hash.Of(joined[..length]);
        WordsKey = Hash.Mix(sum) | 1;
    }

    private void DropNewbornPrefix(ref Span<NameWord> words)
    {
        foreach (var prefix in NewbornPrefixes)
        {
            var parts = prefix.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length <= parts.Length)
            {
                continue;
            }
            var all = true;
            for (var i = 0; i < parts.Length; i++)
            {
                all &= words[i].Letters == NameWord.LettersOf(parts[i]);
            }
            if (all)
            {
                words = words[parts.Length..];
                IsNewborn = true;
                return;
            }
        }
    }

    private static bool IsOfWord(char letter) =>
        char.IsLetterOrDigit(letter)
        || letter == '\''
        || char.GetUnicodeCategory(letter) == System.Globalization.UnicodeCategory.NonSpacingMark;
}

[InlineArray(PersonName.MostWords)]
internal struct NameWords
{
    private NameWord first;
}
