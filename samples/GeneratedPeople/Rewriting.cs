using SharedKernel.Contracts;

namespace Samples.GeneratedPeople;

/// <summary>
/// The same person written down another time, at another counter: what keyboards, hurry, moves and the reform of July 2025 do to a
/// form. Shares in README.md.
/// </summary>
internal sealed class Rewriting(Random random, CommunePool communes)
{
    public CitizenDetails Again(CitizenDetails one)
    {
        var again = one with
        {
            FullName = Name(one.FullName),
            BirthDate = Date(one.BirthDate!.Value),
            PersonalId =
                one.PersonalId is null || Chance(0.35) ? null
                : Chance(0.01) ? DigitSlip(one.PersonalId)
                : one.PersonalId,
            InsuranceNumber =
                one.InsuranceNumber is null || Chance(0.4) ? null
                : Chance(0.01) ? DigitSlip(one.InsuranceNumber)
                : one.InsuranceNumber,
            Phone =
                Chance(0.2) ? null
                : Chance(0.25) ? Phone()
                : Chance(0.02) ? DigitSlip(one.Phone!)
                : one.Phone,
            Sex = Chance(0.003) ? (one.Sex == Sex.Male ? Sex.Female : Sex.Male) : one.Sex,
        };
        if (Chance(0.15))
        {
            return again with { CommuneCode = communes.Any(random), Address = Address() };
        }
        return Moved(Chance(0.2) ? again with { Address = null } : again);
    }

    /// <summary>As a maternity ward writes the child before it has a name or a number.</summary>
    public static CitizenDetails Newborn(CitizenDetails child, CitizenDetails mother) =>
        child with
        {
            FullName = $"Con bà {mother.FullName}",
            PersonalId = null,
            InsuranceNumber = null,
            Phone = mother.Phone,
            Temporary = TemporaryIdentity.Newborn,
        };

    /// <summary>A form of before July 2025 carries the commune of then.</summary>
    private CitizenDetails Moved(CitizenDetails one) =>
        Chance(0.25) && communes.Before(one.CommuneCode!, random) is { } before
            ? one with
            {
                CommuneCode = before,
                AddressAsOf = CommunePool.LastDayBefore,
            }
            : one;

    private string Name(string name)
    {
        var words = name.Split(' ');
        return random.NextDouble() switch
        {
            < 0.13 => name.WithoutDiacritics(),
            < 0.17 => TypingSlip(name),
            < 0.19 => Residue(words),
            < 0.21 => string.Join(' ', words.Skip(1).Append(words[0])),
            < 0.23 when words.Length > 3 => string.Join(' ', words.Where((_, i) => i != 1)),
            < 0.25 => name.Replace("oà", "òa")
                .Replace("uỷ", "ủy")
                .Replace("Hoàng", "Huỳnh")
                .Replace("Vũ", "Võ"),
            < 0.40 => name.ToUpperInvariant(),
            _ => name,
        };
    }

    /// <summary>The keyboard was off for one word, or for all.</summary>
    private string Residue(string[] words)
    {
        Func<string, string> typed = Chance(0.7) ? TypedResidue.Telex : TypedResidue.Vni;
        var only = Chance(0.6) ? random.Next(words.Length) : -1;
        return string.Join(
            ' ',
            words.Select((word, i) => only < 0 || i == only ? typed(word) : word)
        );
    }

    private PartialDate Date(PartialDate date) =>
        random.NextDouble() switch
        {
            < 0.02 when date.Day <= 12 => new(date.Year, date.Day, date.Month),
            < 0.05 => new(date.Year),
            < 0.07 => new(date.Year, 1, 1),
            < 0.09 => new(date.Year, date.Month, random.Next(1, 29)),
            < 0.10 => new(
                date.Year + (Chance(0.5) ? 1 : -1),
                date.Month,
                Math.Min(date.Day!.Value, 28)
            ),
            _ => date,
        };

    private string TypingSlip(string text)
    {
        var at = random.Next(1, text.Length - 1);
        return random.Next(3) switch
        {
            0 => text.Remove(at, 1),
            1 => text.Insert(at, ((char)('a' + random.Next(26))).ToString()),
            _ => text[..at] + text[at + 1] + text[at] + text[(at + 2)..],
        };
    }

    private string DigitSlip(string digits)
    {
        var at = random.Next(3, digits.Length);
        return digits[..at] + (char)('0' + random.Next(10)) + digits[(at + 1)..];
    }

    public string Phone() => $"0{"35789"[random.Next(5)]}{random.Next(100_000_000):D8}";

    public string Address() =>
        Chance(0.5)
            ? $"Số {random.Next(1, 400)} {NamePool.Streets[random.Next(NamePool.Streets.Length)]}"
            : $"Thôn {random.Next(1, 25)} xóm {random.Next(1, 9)}";

    private bool Chance(double share) => random.NextDouble() < share;
}
