using System.Globalization;
using System.Reflection;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.Orders;

public enum TestKind
{
    Lab,
    Imaging,
}

/// <param name="CriticalLow">Below it a life is in danger: somebody is told at once.</param>
public sealed record TestRange(
    Sex? Sex,
    int FromMonths,
    int ToMonths,
    decimal Low,
    decimal High,
    decimal? CriticalLow,
    decimal? CriticalHigh
);

/// <summary>One thing that is measured: a number with its unit and limits, or one of a few answers.</summary>
/// <param name="Unit">As people write it.</param>
/// <param name="Answers">Possible answers when it is no number; empty for numbers.</param>
/// <param name="AbnormalAnswers">Those of them that are out of the ordinary.</param>
public sealed record TestItem(
    string Key,
    string Vietnamese,
    string English,
    string Loinc,
    string Unit,
    string Ucum,
    int Decimals,
    decimal PossibleLow,
    decimal PossibleHigh,
    IReadOnlyList<string> Answers,
    IReadOnlyList<string> AbnormalAnswers,
    IReadOnlyList<TestRange> Ranges
)
{
    public string Name => T.Of(Vietnamese, English);
    public bool IsNumber => Answers.Count == 0;

    /// <summary>Limits for this sex and age; null when none are known.</summary>
    public TestRange? RangeFor(Sex sex, int? months) =>
        months is { } age
            ? Ranges.FirstOrDefault(range =>
                (range.Sex is null || range.Sex == sex)
                && range.FromMonths <= age
                && age < range.ToMonths
            )
            : null;

    /// <summary>HL7's letters: <c>LL</c>, <c>L</c>, <c>N</c>, <c>H</c>, <c>HH</c>; null when no limits are known.</summary>
    public string? Judge(decimal value, Sex sex, int? months) =>
        RangeFor(sex, months) is not { } range ? null
        : value < range.CriticalLow ? "LL"
        : value > range.CriticalHigh ? "HH"
        : value < range.Low ? "L"
        : value > range.High ? "H"
        : "N";
}

/// <summary>What a doctor orders; a laboratory service has items, an imaging service a conclusion.</summary>
/// <param name="Words">What doctors type for it, without diacritics.</param>
public sealed record TestService(
    string Code,
    TestKind Kind,
    string Vietnamese,
    string English,
    string Loinc,
    string Words,
    IReadOnlyList<TestItem> Items
)
{
    public string Name => T.Of(Vietnamese, English);
}

/// <summary>The facility's tests and their limits, data under <c>Orders/Data</c>.</summary>
public static class TestCatalogue
{
    private static readonly Lazy<IReadOnlyList<TestService>> Services = new(Load);

    public static IReadOnlyList<TestService> All => Services.Value;

    public static TestService? Find(string? code) =>
        All.FirstOrDefault(service =>
            string.Equals(service.Code, code, StringComparison.OrdinalIgnoreCase)
        );

    private static TestService[] Load()
    {
        var ranges = Lines("ranges")
            .ToLookup(
                fields => fields[0],
                fields => new TestRange(
                    fields[1] switch
                    {
                        "M" => Sex.Male,
                        "F" => Sex.Female,
                        _ => null,
                    },
                    int.Parse(fields[2], CultureInfo.InvariantCulture),
                    int.Parse(fields[3], CultureInfo.InvariantCulture),
                    Number(fields[4]) ?? decimal.MinValue,
                    Number(fields[5]) ?? decimal.MaxValue,
                    Number(fields[6]),
                    Number(fields[7])
                )
            );
        var items = Lines("items")
            .Select(fields =>
            {
                var answers = fields[9].Split(';', StringSplitOptions.RemoveEmptyEntries);
                return new TestItem(
                    fields[0],
                    fields[1],
                    fields[2],
                    fields[3],
                    fields[4],
                    fields[5],
                    (int)(Number(fields[6]) ?? 0),
                    Number(fields[7]) ?? 0,
                    Number(fields[8]) ?? 0,
                    [.. answers.Select(answer => answer.TrimStart('!'))],
                    [
                        .. answers
                            .Where(answer => answer.StartsWith('!'))
                            .Select(answer => answer[1..]),
                    ],
                    [.. ranges[fields[0]]]
                );
            })
            .ToDictionary(item => item.Key);
        return
        [
            .. Lines("services")
                .Select(fields => new TestService(
                    fields[0],
                    fields[1] == "imaging" ? TestKind.Imaging : TestKind.Lab,
                    fields[2],
                    fields[3],
                    fields[4],
                    fields[5],
                    [
                        .. fields[6]
                            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                            .Select(key => items[key]),
                    ]
                )),
        ];
    }

    private static decimal? Number(string text) =>
        text.Length == 0 ? null : decimal.Parse(text, CultureInfo.InvariantCulture);

    private static IEnumerable<string[]> Lines(string name)
    {
        using var stream = Assembly
            .GetExecutingAssembly()
            .GetManifestResourceStream($"Health.Emr.Orders.Data.{name}.tsv")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            yield return line.Split('\t');
        }
    }
}
