using System.Text.Json;

namespace Health.Emr.Fees;

/// <summary>
/// What decides MUC_HUONG, the share that health insurance pays, on a day: dated data (<c>Fees/Data/insurance-rules.json</c>), picked by
/// the day of the visit's end.
/// </summary>
/// <param name="BaseSalary">Lương cơ sở, đồng a month.</param>
/// <param name="FullBelowPercent">A visit whose insured cost is below this part of the base salary is paid in full.</param>
/// <param name="Levels">Benefit digit of a card (its third character) → percent.</param>
public sealed record InsuranceRules(
    DateOnly ValidFrom,
    DateOnly? ValidTo,
    long BaseSalary,
    decimal FullBelowPercent,
    decimal CommuneStationLevel,
    IReadOnlyDictionary<string, decimal> Levels,
    string Source,
    bool NeedsVerification
)
{
    private static readonly Lazy<IReadOnlyList<InsuranceRules>> All = new(Load);

    /// <summary>Null before the first day that the data knows.</summary>
    public static InsuranceRules? On(DateOnly day) =>
        All.Value.FirstOrDefault(rules =>
            rules.ValidFrom <= day && (rules.ValidTo is null || day <= rules.ValidTo)
        );

    /// <summary>
    /// The level that a card of the old form tells by its third character (<c>GD479…</c>: 80); null for a card of 10 or 12 digits, which says
    /// nothing: the insurer's portal has to be asked.
    /// </summary>
    public decimal? LevelOf(string? card) =>
        card is { Length: 15 }
        && char.IsAsciiLetter(card[0])
        && char.IsAsciiLetter(card[1])
        && Levels.TryGetValue(card[2].ToString(), out var level)
            ? level
            : null;

    /// <summary>MUC_HUONG of a visit.</summary>
    /// <param name="card">What the card or the portal says, before what raises it.</param>
    /// <param name="inScope">Sum of what insurance covers (T_TONGCHI_BH).</param>
    /// <param name="fullCostReached">The patient has paid as much together as frees from paying along (miễn cùng chi trả); counts on-route only.</param>
    /// <param name="offRoute">Percent of the level that is paid off-route; 100 on-route.</param>
    public decimal Level(
        decimal card,
        decimal inScope,
        bool communeStation = false,
        bool fullCostReached = false,
        decimal offRoute = 100
    )
    {
        if (offRoute < 100)
        {
            return card * offRoute / 100;
        }
        if (inScope < BaseSalary * FullBelowPercent / 100 || fullCostReached)
        {
            return 100;
        }
        return communeStation ? Math.Max(card, CommuneStationLevel) : card;
    }

    private static List<InsuranceRules> Load()
    {
        using var data = typeof(InsuranceRules).Assembly.GetManifestResourceStream(
            "Health.Emr.Fees.Data.insurance-rules.json"
        )!;
        return JsonSerializer
            .Deserialize<File>(data, JsonSerializerOptions.Web)!
            .Versions.OrderByDescending(version => version.ValidFrom)
            .ToList();
    }

    private sealed record File(InsuranceRules[] Versions);
}
