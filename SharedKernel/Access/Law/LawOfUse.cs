using System.Text.Json;
using System.Text.Json.Serialization;
using SharedKernel.Contracts;

namespace SharedKernel.Access.Law;

/// <summary>
/// Which uses of health records the law gives, on which day: <c>use-of-health-records.json</c>. What no row gives needs a consent, and
/// another sector's use is such a purpose like any other.
/// </summary>
public sealed class LawOfUse : ILawOfUse
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

    /// <inheritdoc/>
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
