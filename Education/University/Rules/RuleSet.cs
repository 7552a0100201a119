using System.Text.Json;
using System.Text.Json.Serialization;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Education.University.Rules;

/// <summary>Rank of a 4-point average (article 10.5), best first.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Rank>))]
public enum Rank
{
    Excellent,
    VeryGood,
    Good,
    Average,
    Weak,
    Poor,
}

/// <param name="From">Least mark of the letter, 0–10 with one decimal.</param>
/// <param name="Points">0–4.</param>
public sealed record ScaleStep(string Letter, decimal From, decimal Points);

/// <param name="From">Least average of the rank, 0–4.</param>
public sealed record RankStep(Rank Rank, decimal From);

/// <summary>Borders of article 11.1.</summary>
/// <param name="MostFailedShare">Of the credits registered in a term, 0–1.</param>
/// <param name="LeastAverageByYear">Of the cumulative average in the first, second, third year; the last holds for all later years.</param>
/// <param name="DismissedAt">The warning in a row that means dismissal, where the institution sets none of its own.</param>
public sealed record WarningBorders(
    decimal MostFailedShare,
    int MostOutstandingCredits,
    decimal LeastFirstTermAverage,
    decimal LeastTermAverage,
    IReadOnlyList<decimal> LeastAverageByYear,
    int DismissedAt
);

/// <summary>Borders of article 14.</summary>
/// <param name="MostRetakenShare">Of the programme's credits, 0–1; above it the classes in <paramref name="Lowered"/> go down one.</param>
public sealed record GraduationBorders(
    decimal LeastAverage,
    decimal MostRetakenShare,
    IReadOnlyList<Rank> Lowered
);

/// <summary>The rules of university training from a day on, as data; the figures are in university-rules.json.</summary>
/// <param name="NeedsVerification">Figures that were transcribed from summaries and not from the gazette.</param>
/// <param name="PassFrom">Least passing mark of a course that has a letter with points.</param>
/// <param name="PassOnlyFrom">Least mark of a P, which counts in no average.</param>
public sealed record RuleSet(
    string Name,
    DateOnly ValidFrom,
    DateOnly? ValidTo,
    string Source,
    IReadOnlyList<string> NeedsVerification,
    int LeastComponents,
    int OneComponentBelowCredits,
    decimal PassFrom,
    decimal PassOnlyFrom,
    int AverageDecimals,
    IReadOnlyList<ScaleStep> Scale,
    IReadOnlyList<RankStep> Ranks,
    WarningBorders Warning,
    GraduationBorders Graduation,
    decimal MostRecognisedShare
)
{
    private static readonly IReadOnlyList<RuleSet> All = Load();

    /// <summary>The rules that hold on the day of what is judged.</summary>
    /// <exception cref="InvalidInput">The day lies before the first rules that are known here.</exception>
    public static RuleSet On(DateOnly day) =>
        All.FirstOrDefault(rules =>
            rules.ValidFrom <= day && (rules.ValidTo is null || day <= rules.ValidTo)
        )
        ?? throw new InvalidInput(
            "on",
            T.Of(
                $"Không có quy chế đào tạo nào cho ngày {day:dd/MM/yyyy}.",
                $"No training rules are known for {day:yyyy-MM-dd}."
            )
        );

    public Reason Because(string article, string text) => new($"{Name}, Điều {article}", text);

    public Rank RankOf(decimal average) => Ranks.First(step => average >= step.From).Rank;

    /// <summary>Article 10: year k while (k − 1)·N ≤ M &lt; k·N for M credits earned and N credits a year.</summary>
    public static int StudentYear(int creditsEarned, int creditsPerYear) =>
        creditsEarned / creditsPerYear + 1;

    private static IReadOnlyList<RuleSet> Load()
    {
        using var stream = typeof(RuleSet).Assembly.GetManifestResourceStream(
            "Education.University.Rules.university-rules.json"
        )!;
        return JsonSerializer
            .Deserialize<RuleFile>(stream, JsonSerializerOptions.Web)!
            .Versions.OrderByDescending(rules => rules.ValidFrom)
            .ToList();
    }

    private sealed record RuleFile(IReadOnlyList<RuleSet> Versions);
}
