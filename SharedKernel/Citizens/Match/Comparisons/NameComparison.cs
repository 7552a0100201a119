namespace SharedKernel.Citizens.Match;

/// <summary>
/// Vietnamese names by their words. What differs is told apart by how it comes about: marks lost on the way, words in another order,
/// a slip of the keyboard, a middle name left out; and a given name with other marks, which between two people born on one day is
/// a twin rather than a slip.
/// </summary>
public sealed class NameComparison()
    : Comparison<PersonName>([
        new("giống hệt", "the same", 0.72, 0.0002),
        new("giống, một bên không dấu", "the same, one side without diacritics", 0.10, 0.00004),
        new(
            "cùng các chữ, khác thứ tự hoặc cách viết",
            "the same words in another order or spelling",
            0.03,
            0.00002
        ),
        new("lệch một lỗi gõ", "one typing slip apart", 0.07, 0.0004),
        new("một bên thiếu chữ đệm", "one side lacks a middle name", 0.03, 0.002),
        new(
            "tên chính khác dấu hoặc khác một chữ cái",
            "the given name has other marks or one other letter",
            0.02,
            0.001
        ),
        new(
            "cùng họ và tên, khác chữ đệm",
            "the same family and given name, another middle name",
            0.01,
            0.003
        ),
        new("cùng tên, khác họ", "the same given name, another family name", 0.01, 0.008),
        new("khác tên", "another name", 0.01, 0.98534),
    ])
{
    public const int Same = 0,
        Unmarked = 1,
        Reordered = 2,
        Slip = 3,
        Shortened = 4,
        OtherMarks = 5,
        OtherMiddle = 6,
        GivenOnly = 7,
        Other = 8;

    public override int FrequencyLevels => Reordered + 1;

    internal override KeyOf FrequencyKey => KeyOf.Words;

    internal override bool TryRead(string text, out PersonName value) =>
        PersonName.TryRead(text, out value);

    internal override ulong Key(in PersonName value, KeyOf part) =>
        part switch
        {
            KeyOf.Words => value.IsNewborn ? 0 : value.WordsKey,
            KeyOf.GivenName => value.IsNewborn ? 0 : PersonName.Root(value.Given),
            KeyOf.FamilyName => value.IsNewborn ? 0 : PersonName.Root(value.Family),
            KeyOf.Value => value.WordsKey,
            _ => throw HasNo(part),
        };

    internal override int Compare(in PersonName left, in PersonName right)
    {
        if (left.IsNewborn || right.IsNewborn)
        {
            return Newborns(left, right);
        }
        var a = left.Words;
        var b = right.Words;
        if (left.Joined == right.Joined)
        {
            return SameLetters(left, right);
        }
        if (left.WordsKey == right.WordsKey && a.Length == b.Length)
        {
            return Reordered;
        }
        var sameGiven = PersonName.Root(left.Given) == PersonName.Root(right.Given);
        var sameFamily = PersonName.Root(left.Family) == PersonName.Root(right.Family);
        if (a.Length == b.Length)
        {
            var differing = -1;
            var differences = 0;
            for (var i = 0; i < a.Length; i++)
            {
                if (PersonName.Root(a[i]) != PersonName.Root(b[i]))
                {
                    differing = i;
                    differences++;
                }
            }
            if (differences == 1 && NameWord.OneSlip(a[differing], b[differing]))
            {
                // A slip seldom makes another syllable: Cuogn was Cuong, but Hung is not Dung and Lan not Loan.
                return
                    differing == a.Length - 1
                    && a[differing].IsVietnamese
                    && b[differing].IsVietnamese
                    ? OtherMarks
                    : Slip;
            }
        }
        else if (sameGiven && Math.Min(a.Length, b.Length) > 1 && IsWithin(a, b))
        {
            return Shortened;
        }
        return (sameFamily, sameGiven) switch
        {
            (true, true) => OtherMiddle,
            (_, true) => GivenOnly,
            _ => Other,
        };
    }

    private static int SameLetters(in PersonName left, in PersonName right)
    {
        var a = left.Words;
        var b = right.Words;
        if (a.SequenceEqual(b))
        {
            return Same;
        }
        if (left.IsUnmarked != right.IsUnmarked)
        {
            return Unmarked;
        }
        if (a.Length != b.Length)
        {
            return Slip;
        }
        return left.Given != right.Given ? OtherMarks : Slip;
    }

    /// <summary>A child under its mother's name says nothing about a child with a name of its own.</summary>
    private static int Newborns(in PersonName left, in PersonName right)
    {
        if (left.IsNewborn != right.IsNewborn)
        {
            return Missing;
        }
        var otherOrder =
            left.BirthOrder != right.BirthOrder && left.BirthOrder != 0 && right.BirthOrder != 0;
        return otherOrder || left.WordsKey != right.WordsKey ? Other
            // Without their order, twins are written alike.
            : left.BirthOrder == right.BirthOrder && left.BirthOrder != 0 ? Reordered
            : OtherMiddle;
    }

    private static bool IsWithin(ReadOnlySpan<NameWord> a, ReadOnlySpan<NameWord> b)
    {
        var few = a.Length < b.Length ? a : b;
        var many = a.Length < b.Length ? b : a;
        var next = 0;
        foreach (var word in few)
        {
            while (next < many.Length && PersonName.Root(many[next]) != PersonName.Root(word))
            {
                next++;
            }
            if (next++ >= many.Length)
            {
                return false;
            }
        }
        return true;
    }
}
