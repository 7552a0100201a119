namespace SharedKernel.Citizens.Match;

/// <summary>A code agrees or it does not: sex, state.</summary>
/// <param name="values">How many values there are, if all were as frequent.</param>
public sealed class CodeComparison(int values)
    : Comparison<Digits>([
        new("giống nhau", "the same", 0.97, 1.0 / values),
        new("khác nhau", "different", 0.03, 1 - 1.0 / values),
    ])
{
    internal override bool TryRead(string text, out Digits value) =>
        Digits.TryRead(text, out value);

    internal override int Compare(in Digits left, in Digits right) => left == right ? 0 : 1;

    internal override ulong Key(in Digits value, KeyOf part) =>
        part == KeyOf.Value ? value.Key : throw HasNo(part);
}
