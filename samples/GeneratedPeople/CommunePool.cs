using SharedKernel.Citizens.Places;

namespace Samples.GeneratedPeople;

/// <summary>The 3,321 communes of today and those of before July 2025 that became them.</summary>
internal sealed class CommunePool
{
    public static readonly DateOnly LastDayBefore = AdministrativeUnits.Reform.AddDays(-1);

    private readonly string[] present;
    private readonly ILookup<string, string> before;

    public CommunePool()
    {
        var units = new AdministrativeUnits();
        var codes = Enumerable.Range(0, 100_000).Select(code => $"{code:D5}").ToList();
        present =
        [
            .. codes.Where(code => units.Commune(code, AdministrativeUnits.Reform) is not null),
        ];
        before = codes
            .Select(code => units.Commune(code, LastDayBefore))
            .OfType<Commune>()
            .SelectMany(old => units.Now(old).Select(now => (Old: old.Code, Now: now.Code)))
            .ToLookup(pair => pair.Now, pair => pair.Old);
    }

    /// <summary>Communes differ in size by an order of magnitude.</summary>
    public string Any(Random random) =>
        present[(int)(present.Length * Math.Pow(random.NextDouble(), 1.6))];

    /// <summary>What the place was called until then; one of them where several were joined.</summary>
    public string? Before(string code, Random random) =>
        before[code].ToArray() is { Length: > 0 } old ? old[random.Next(old.Length)] : null;
}
