using SharedKernel.Contracts;

namespace Samples.GeneratedPeople;

/// <summary>
/// Made-up citizens as two registers would hold them: families in communes, and some people several times with the errors of
/// keyboards, counters and life. The same seed gives the same people. <see cref="Records"/> yields (person, details); records of one
/// person have its number, for scoring only.
/// </summary>
/// <remarks>
/// Family names follow published shares (Nguyễn 38 %). Traps: twins who share all but the given name and the ID, newborn twins who have
/// neither; fathers and sons of one name, house and phone; strangers of one common name.
/// </remarks>
public sealed class PeopleGenerator
{
    private const double Duplicated = 0.13;
    private const int ThisYear = 2025;

    private readonly int count;
    private readonly Random random;
    private readonly CommunePool communes = new();
    private readonly Rewriting rewriting;

    /// <param name="count">Records, of some 15 % fewer people.</param>
    public PeopleGenerator(int count, int seed)
    {
        this.count = count;
        random = new(seed);
        rewriting = new(random, communes);
    }

    /// <summary>As many records as asked for, in random order.</summary>
    public (int Person, CitizenDetails Details)[] Records()
    {
        var records = new List<(int, CitizenDetails)>(count + 8);
        var person = 0;
        while (records.Count < count)
        {
            foreach (var (member, mother) in Household())
            {
                records.Add((person, member));
                if (mother is not null && Chance(0.5))
                {
                    records.Add((person, Rewriting.Newborn(member, mother)));
                }
                if (random.NextDouble() < Duplicated)
                {
                    var copies = random.Next(100) switch
                    {
                        < 85 => 1,
                        < 97 => 2,
                        _ => 3,
                    };
                    for (var copy = 0; copy < copies; copy++)
                    {
                        records.Add((person, rewriting.Again(member)));
                    }
                }
                person++;
            }
        }
        var chosen = records.GetRange(0, count).ToArray();
        random.Shuffle(chosen);
        return chosen;
    }

    /// <summary>The mother is named for a child that was born this year.</summary>
    private IEnumerable<(CitizenDetails Member, CitizenDetails? Mother)> Household()
    {
        var commune = communes.Any(random);
        var address = rewriting.Address();
        var phone = rewriting.Phone();
        var family = Family();
        var year = ThisYear - 20 - (int)(random.NextDouble() * 65);
        var father = Person(family, Sex.Male, Day(year), commune, address, phone);
        yield return (father, null);
        CitizenDetails? mother = null;
        if (random.NextDouble() < 0.85)
        {
            mother = Person(
                Family(),
                Sex.Female,
                Day(year + random.Next(-2, 6)),
                commune,
                address,
                Chance(0.3) ? phone : rewriting.Phone()
            );
            yield return (mother, null);
        }
        var children = random.Next(4);
        for (var child = 0; child < children; child++)
        {
            var born = year + 22 + random.Next(14);
            if (born > ThisYear)
            {
                break;
            }
            var sex = Chance(0.5) ? Sex.Male : Sex.Female;
            var day = Day(born);
            var sibling = Person(
                family,
                sex,
                day,
                commune,
                address,
                ThisYear - born < 18 || Chance(0.2) ? phone : rewriting.Phone()
            );
            if (sex == Sex.Male && Chance(0.01))
            {
                sibling = sibling with { FullName = father.FullName };
            }
            var registeredBy = born == ThisYear ? mother : null;
            yield return (sibling, registeredBy);
            if (Chance(0.012))
            {
                // The twin differs by the last word, sometimes by a mark alone.
                var twin = Person(family, sex, day, commune, address, sibling.Phone!);
                var words = sibling.FullName.Split(' ');
                words[^1] =
                    twin.FullName.Split(' ')[^1] is var other && other != words[^1]
                        ? other
                        : words[^1] + "h";
                yield return (twin with { FullName = string.Join(' ', words) }, registeredBy);
            }
        }
    }

    private CitizenDetails Person(
        string family,
        Sex sex,
        DateOnly day,
        string commune,
        string address,
        string phone
    )
    {
        var (middles, givens) =
            sex == Sex.Male
                ? (NamePool.MaleMiddles, NamePool.MaleGivens)
                : (NamePool.FemaleMiddles, NamePool.FemaleGivens);
        var middle = Pick(middles) + (Chance(0.25) ? " " + Skewed(givens) : "");
        var century = (day.Year - 1900) / 100 * 2 + (sex == Sex.Male ? 0 : 1);
        var id = $"{random.Next(1, 97):D3}{century}{day.Year % 100:D2}{random.Next(1_000_000):D6}";
        return new(
            $"{family} {middle} {Skewed(givens)}",
            new(day),
            sex,
            id,
            phone,
            address,
            commune,
            InsuranceNumber: $"{random.NextInt64(10_000_000_000):D10}"
        );
    }

    private DateOnly Day(int year) => new DateOnly(year, 1, 1).AddDays(random.Next(365));

    private string Family()
    {
        var at = random.Next(NamePool.FamilyWeights);
        foreach (var (name, weight) in NamePool.Families)
        {
            at -= weight;
            if (at < 0)
            {
                return name;
            }
        }
        return NamePool.Families[0].Name;
    }

    private bool Chance(double share) => random.NextDouble() < share;

    private string Pick(string[] from) => from[random.Next(from.Length)];

    /// <summary>The first of the list far more often than the last.</summary>
    private string Skewed(string[] from) =>
        from[(int)(from.Length * Math.Pow(random.NextDouble(), 1.7))];
}
