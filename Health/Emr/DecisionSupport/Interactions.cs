using System.Globalization;
using SharedKernel.Ui;

namespace Health.Emr.DecisionSupport;

/// <summary>
/// The 633 pairs of Decision 5948/QĐ-BYT (30/12/2021): absolute ones stop, conditional ones show their condition. And the high-priority
/// class pairs of the ONC panel (Phansalkar 2012), which stop; where the Decision lists the same pair, it is followed.
/// </summary>
public static class Interactions
{
    public const string Decision = "Quyết định 5948/QĐ-BYT ngày 30/12/2021, Bảng 3.1";
    public const string Panel = "ONC high-priority list (Phansalkar và cs., JAMIA 2012)";

    /// <param name="Route">Null for any; otherwise what the list says of the drug: <c>oral</c>, <c>tablet</c>, <c>iv</c>.</param>
    public sealed record Side(string Name, IReadOnlyList<string> AnyOf, string? Route)
    {
        public static Side Of(string name, string cell) =>
            new(
                name,
                cell.Split('@')[0].Split('|'),
                cell.Contains('@', StringComparison.Ordinal) ? cell.Split('@')[1] : null
            );

        public bool Fits(DrugUse use) =>
            Route switch
            {
                "oral" => use.Route is DrugRoute.Oral,
                "tablet" => use.Route is DrugRoute.Oral && use.IsTablet,
                "iv" => use.Route is DrugRoute.Injected,
                _ => true,
            };
    }

    public sealed record Pair(
        int Number,
        Side A,
        Side B,
        bool IsConditional,
        string Mechanism,
        string Consequence,
        string Management
    );

    public sealed record ClassPair(
        string Id,
        string Vietnamese,
        string English,
        string EffectVietnamese,
        string EffectEnglish,
        IReadOnlyList<string> A,
        IReadOnlyList<string> B
    );

    public static readonly IReadOnlyList<Pair> Pairs =
    [
        .. DecisionTable
            .Rows("qd5948-pairs.tsv")
            .Select(row => new Pair(
                int.Parse(row[0], CultureInfo.InvariantCulture),
                Side.Of(row[1], row[2]),
                Side.Of(row[3], row[4]),
                row[5] == "conditional",
                Lines(row[6]),
                Lines(row[7]),
                Lines(row[8])
            )),
    ];

    public static readonly IReadOnlyList<ClassPair> ClassPairs =
    [
        .. DecisionTable
            .Rows("onc-high-priority.tsv")
            .Select(row => new ClassPair(
                row[0],
                row[1],
                row[2],
                row[3],
                row[4],
                row[5].Split('|'),
                row[6].Split('|')
            )),
    ];

    private static readonly ILookup<(string, string), Pair> ByIngredients = (
        from pair in Pairs
        from a in pair.A.AnyOf
        from b in pair.B.AnyOf
        select (Key(a, b), pair)
    ).ToLookup(found => found.Item1, found => found.pair);

    private static readonly Dictionary<(string, string), ClassPair> ByClass = (
        from pair in ClassPairs
        from a in pair.A
        from b in pair.B
        where a != b
        select (Key(a, b), pair)
    )
        .DistinctBy(found => found.Item1)
        .ToDictionary(found => found.Item1, found => found.pair);

    public static IEnumerable<Alert> Check(IReadOnlyList<DrugUse> uses)
    {
        for (var i = 0; i < uses.Count; i++)
        {
            for (var j = i + 1; j < uses.Count; j++)
            {
                var (one, other) = (uses[i], uses[j]);
                if ((!one.IsNew && !other.IsNew) || !one.IsSystemic || !other.IsSystemic)
                {
                    continue;
                }
                foreach (var a in one.Inns)
                {
                    foreach (var b in other.Inns)
                    {
                        if (Between(one, a, other, b) is { } alert)
                        {
                            yield return alert;
                        }
                    }
                }
            }
        }
    }

    private static Alert? Between(DrugUse one, string a, DrugUse other, string b)
    {
        var key = Key(a, b);
        // Of several rows on one pair the strictest speaks.
        var pair = ByIngredients[key]
            .Where(row =>
                (row.A.AnyOf.Contains(a) && row.A.Fits(one) && row.B.Fits(other))
                || (row.A.AnyOf.Contains(b) && row.A.Fits(other) && row.B.Fits(one))
            )
            .OrderBy(row => row.IsConditional)
            .FirstOrDefault();
        if (pair is not null)
        {
            return Told(
                pair.IsConditional ? AlertLevel.Caution : AlertLevel.Stop,
                pair.IsConditional
                    ? T.Of("chống chỉ định có điều kiện", "contraindicated under a condition")
                    : T.Of("chống chỉ định phối hợp", "must not be combined"),
                $"{pair.Consequence} ({pair.Mechanism})",
                pair.Management,
                $"{Decision}, {pair.Number}"
            );
        }
        return ByClass.TryGetValue(key, out var classes)
            ? Told(
                AlertLevel.Stop,
                T.Of("tương tác nguy hiểm", "dangerous interaction"),
                T.Of(classes.EffectVietnamese, classes.EffectEnglish),
                T.Of(classes.Vietnamese, classes.English),
                Panel
            )
            : null;

        Alert Told(AlertLevel level, string what, string why, string detail, string source) =>
            new(
                level,
                AlertRule.Interaction,
                $"interaction:{key.Item1}+{key.Item2}",
                [one.Ref, other.Ref],
                $"{Ingredients.NameOf(a)} + {Ingredients.NameOf(b)}: {what}. {why}{(why.EndsWith('.') ? "" : ".")}",
                detail,
                source
            );
    }

    private static (string, string) Key(string a, string b) =>
        string.CompareOrdinal(a, b) < 0 ? (a, b) : (b, a);

    private static string Lines(string cell) => cell.Replace("\\n", "\n", StringComparison.Ordinal);
}
