namespace SharedKernel.Citizens.Match;

/// <summary>Numbers that are copied by hand: exact, one slip, two slips (Damerau-Levenshtein over the digits and letters).</summary>
public sealed class NumberComparison(bool telling = true)
    : Comparison<Digits>(
        telling
            ?
            [
                new("giống nhau", "the same", 0.93, 0.000001),
                new("lệch một ký tự", "one character off", 0.04, 0.00002),
                new("lệch hai ký tự", "two characters off", 0.01, 0.0004),
                new("khác nhau", "different", 0.02, 0.9995),
            ]
            :
            [
                new("giống nhau", "the same", 0.90, 0.01),
                new("lệch một ký tự", "one character off", 0.05, 0.05),
                new("lệch hai ký tự", "two characters off", 0.02, 0.2),
                new("khác nhau", "different", 0.03, 0.74),
            ]
    )
{
    public override int FrequencyLevels => telling ? 0 : 1;

    internal override bool TryRead(string text, out Digits value) =>
        Digits.TryRead(text, out value);

    internal override int Compare(in Digits left, in Digits right) =>
        left == right ? 0 : Digits.Distance(left, right, 2);

    internal override ulong Key(in Digits value, KeyOf part) =>
        part switch
        {
            KeyOf.Value => value.Key,
            KeyOf.Start => value.Start(3),
            _ => throw HasNo(part),
        };
}
