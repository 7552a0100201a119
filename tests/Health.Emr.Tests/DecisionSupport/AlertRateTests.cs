using Health.Emr.DecisionSupport;
using Health.Emr.Prescriptions;
using SharedKernel.Contracts;

namespace Health.Emr.Tests.DecisionSupport;

/// <summary>Doctors stop reading alerts that come too often: at most one interruption in twenty ordinary prescriptions.</summary>
public sealed class AlertRateTests(ITestOutputHelper output)
{
    private const int Prescriptions = 20_000;

    /// <summary>What is written for common complaints of primary care: who comes, and the drugs with dose and times a day.</summary>
    private static readonly (int FromAge, int ToAge, string[] Drugs)[] Regimens =
    [
        (15, 90, ["para500 1 3", "amox500 1 3"]),
        (15, 90, ["amoxclav1000 1 2", "para500 1 3", "acetyl200 1 3"]),
        (15, 90, ["cefu500 1 2", "para500 1 3", "loratadin10 1 1"]),
        (15, 90, ["azi500 1 1", "ambroxol30 1 3"]),
        (15, 90, ["clari500 1 2", "dextro15 1 3", "para500 1 3"]),
        (18, 90, ["omep20 1 1", "domp10 1 3"]),
        (18, 90, ["amox500 2 2", "clari500 1 2", "esom40 1 2"]),
        (18, 90, ["melo75 1 1", "eperison50 1 3", "omep20 1 1"]),
        (18, 90, ["diclo50 1 2", "omep20 1 1", "vit3b 1 2"]),
        (18, 90, ["celecoxib200 1 1", "para500 1 3"]),
        (40, 90, ["amlo5 1 1", "losar50 1 1"]),
        (40, 90, ["amlo5 1 1", "perin5 1 1", "ator20 1 1", "asp81 1 1"]),
        (40, 90, ["enala5 1 2", "hctz25 0.5 1"]),
        (45, 90, ["metf850 1 2", "glicla30 1 1"]),
        (45, 90, ["metf850 1 2", "glicla30 1 1", "rosu10 1 1", "losar50 1 1", "clopi75 1 1"]),
        (50, 90, ["biso25 1 1", "furo40 1 1", "asp81 1 1"]),
        (40, 90, ["colchi1 1 1", "allo300 1 1"]),
        (18, 60, ["cipro500 1 2", "oresol 1 3"]),
        (18, 60, ["metro250 2 3", "alverin40 1 3"]),
        (18, 60, ["cotrim480 2 2", "lopera2 1 2"]),
        (18, 60, ["doxy100 1 2"]),
        (6, 60, ["loratadin10 1 1", "clotri1 1 2"]),
        (6, 60, ["cetirizin10 1 1", "betam 1 2"]),
        (18, 90, ["diaz5 1 1"]),
        (18, 90, ["gaba300 1 2", "vit3b 1 2"]),
        (18, 90, ["predni5 4 1", "salbuhit 2 3"]),
        (18, 90, ["budehit 1 2"]),
        (18, 45, ["sat60 1 1"]),
        (30, 80, ["levothy50 1 1"]),
        (2, 6, ["para120s 6 3", "nacl09m 2 4"]),
        (3, 8, ["para250g 1 3", "amox250g 1 3"]),
        (1, 6, ["oresol 1 3", "kem20 1 1", "smecta 1 3"]),
        (2, 60, ["albend400 1 1"]),
        (18, 90, ["tobra03 1 4"]),
    ];

    private static readonly (string Substance, double Share)[] Allergies =
    [
        ("Penicillin", .03),
        ("Hải sản", .03),
        ("Cefuroxim", .005),
        ("Aspirin", .008),
        ("Sulfamid", .005),
        ("Ibuprofen", .006),
    ];

    [Fact]
    public void At_most_one_in_twenty_ordinary_prescriptions_is_interrupted()
    {
        var random = new Random(20261128);
        var interrupted = 0;
        var byRule = new Dictionary<AlertRule, int>();
        for (var i = 0; i < Prescriptions; i++)
        {
            var (facts, uses) = Ordinary(random);
            var stops = DecisionRules
                .Check(uses, facts)
                .Where(alert => alert.Level is AlertLevel.Stop)
                .ToList();
            interrupted += stops.Count > 0 ? 1 : 0;
            foreach (var rule in stops.Select(stop => stop.Rule).Distinct())
            {
                byRule[rule] = byRule.GetValueOrDefault(rule) + 1;
            }
        }
        output.WriteLine(
            $"{Prescriptions} prescriptions, {interrupted} interrupted ({100.0 * interrupted / Prescriptions:0.00} %): "
                + string.Join(", ", byRule.Select(rule => $"{rule.Key} {rule.Value}"))
        );
        Assert.InRange(interrupted, 1, Prescriptions / 20);
    }

    private static (PatientFacts, IReadOnlyList<DrugUse>) Ordinary(Random random)
    {
        var (from, to, drugs) = Regimens[random.Next(Regimens.Length)];
        var age = random.Next(from, to + 1);
        var sex = random.Next(2) == 0 ? Sex.Male : Sex.Female;
        var facts = new PatientFacts(
            sex,
            age * 12 + random.Next(12),
            age < 12 ? 2 * (age + 4) + random.Next(-1, 3) : 45 + random.Next(30),
            sex is Sex.Female && age is > 17 and < 42 && random.NextDouble() < .03
                ? new PregnancyFact(random.Next(4, 40))
                : null,
            random.NextDouble() < .4
                ? new KidneyFact(Math.Max(20, 115 - age / 2 + random.Next(-30, 15)))
                : null,
            [
                .. Allergies
                    .Where(allergy => random.NextDouble() < allergy.Share)
                    .Select(allergy => allergy.Substance),
            ],
            new DateOnly(2026, 11, 23)
        );
        // One in five of those who come has long-term drugs from before.
        var taking = age >= 45 && random.Next(5) == 0 ? Regimens[10 + random.Next(6)].Drugs : [];
        return (
            facts,
            [
                .. drugs.Select((drug, i) => Of(drug, $"{i}", isNew: true)),
                .. taking.Select((drug, i) => Of(drug, $"taking-{i}", isNew: false)),
            ]
        );
    }

    private static DrugUse Of(string text, string reference, bool isNew)
    {
        var part = text.Split(' ');
        return DrugUses.Of(
            DrugCatalogue.Find(part[0])!,
            new(
                part[0],
                decimal.Parse(part[1], System.Globalization.CultureInfo.InvariantCulture),
                int.Parse(part[2], System.Globalization.CultureInfo.InvariantCulture),
                7
            ),
            reference
        ) with
        {
            IsNew = isNew,
        };
    }
}
