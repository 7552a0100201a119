namespace SharedKernel.Citizens.Match;

/// <summary>Phone numbers, +84 and 0084 as 0: exact or one slip. A phone often belongs to the household.</summary>
public sealed class PhoneComparison()
    : Comparison<Digits>([
        new("giống nhau", "the same", 0.75, 0.000005),
        new("lệch một chữ số", "one digit off", 0.03, 0.00001),
        new("khác nhau", "different", 0.22, 0.999985),
    ])
{
    public override int FrequencyLevels => 1;

    internal override bool TryRead(string text, out Digits value)
    {
        Span<char> digits = stackalloc char[20];
        var length = 0;
        foreach (var letter in text)
        {
            if (char.IsAsciiDigit(letter) && length < digits.Length)
            {
                digits[length++] = letter;
            }
        }
        var number = digits[..length];
        if (number.StartsWith("0084"))
        {
            number = number[4..];
        }
        else if (number.StartsWith("84") && length > 10)
        {
            number = number[2..];
        }
        number = number.TrimStart('0');
        value = default;
        return number.Length >= 7 && Digits.TryRead(number.ToString(), out value);
    }

    internal override int Compare(in Digits left, in Digits right) =>
        left == right ? 0
        : Digits.Distance(left, right, 1) == 1 ? 1
        : 2;

    internal override ulong Key(in Digits value, KeyOf part) =>
        part == KeyOf.Value ? value.Key : throw HasNo(part);
}
