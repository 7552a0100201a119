using System.Text.Json;
using System.Text.Json.Serialization;
using SharedKernel.Contracts;

namespace SharedKernel.Access.Law;

/// <summary>One rule of law, from a day on: what an organisation may use health records for without having been asked.</summary>
/// <param name="Purpose">Code of <see cref="PurposeCodes"/>.</param>
/// <param name="ToTreating">Whoever treats a person needs no consent.</param>
/// <param name="RefusalWins">A person's refusal takes it away again.</param>
/// <param name="To">The last day; null while it holds.</param>
/// <param name="Source">Law and article.</param>
public sealed record UseRule(
    string Purpose,
    bool ToTreating,
    bool RefusalWins,
    DateOnly From,
    DateOnly? To,
    string Source,
    bool NeedsVerification
);

/// <summary>
/// Which uses of health records the law gives, on which day: <c>use-of-health-records.json</c>. What no row gives needs a consent, and
/// another sector's use is such a purpose like any other.
/// </summary>
public sealed class LawOfUse
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectRequiredConstructorParameters = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private readonly UseRule[] rules;

    public LawOfUse()
        : this(Packaged()) { }

    public LawOfUse(IEnumerable<UseRule> rules) => this.rules = [.. rules];

    public LawfulUse Of(PurposeOfUse purpose, DateOnly on) =>
        RuleOf(purpose, on) is { } rule
            ? new(purpose, rule.ToTreating, rule.RefusalWins)
            : new(purpose, ToTreating: false, RefusalWins: true);

    /// <summary>Null when no rule of that day speaks of it.</summary>
    public UseRule? RuleOf(PurposeOfUse purpose, DateOnly on)
    {
        var code = PurposeCodes.Of(purpose).Code;
        return rules
            .Where(rule => rule.Purpose == code && rule.From <= on && !(rule.To < on))
            .MaxBy(rule => rule.From);
    }

    private static UseRule[] Packaged()
    {
        using var file =
            typeof(LawOfUse).Assembly.GetManifestResourceStream("Law.use-of-health-records.json")
            ?? throw new InvalidOperationException("The law's table is not packed in.");
        return JsonSerializer.Deserialize<UseRule[]>(file, Json)!;
    }
}
