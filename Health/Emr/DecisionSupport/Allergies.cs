using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.DecisionSupport;

/// <summary>
/// Recorded allergies against what is prescribed: the ingredient itself and what shares the part of the molecule that is reacted to. Beta-lactams
/// go by core and R1 side chain, not by class: a penicillin allergy does not stop cefuroxime.
/// </summary>
internal static class Allergies
{
    /// <param name="Labels">How people write the whole group.</param>
    /// <param name="IsLabelOnly">Speaks only when the record names the group and no agent.</param>
    private sealed record Group(
        string Id,
        bool IsLabelOnly,
        IReadOnlyList<string> Labels,
        IReadOnlySet<string> Members,
        string Vietnamese,
        string English,
        string Source
    )
    {
        public bool IsNamedIn(string plain) =>
            Labels.Any(label => $" {plain} ".Contains($" {label} ", StringComparison.Ordinal));
    }

    private static readonly IReadOnlyList<Group> Groups =
    [
        .. DecisionTable
            .Rows("allergy-groups.tsv")
            .Select(row => new Group(
                row[0],
                row[1] == "label",
                row[2].Length > 0 ? row[2].Split('|') : [],
                row[3].Split('|').ToHashSet(),
                row[4],
                row[5],
                row[6]
            )),
    ];

    /// <summary>What people are allergic to that no drug is.</summary>
    private static readonly string[] NoDrugs =
    [
        "tom",
        "cua",
        "hai san",
        "ca",
        "sua",
        "trung",
        "lac",
        "dau phong",
        "dau nanh",
        "phan hoa",
        "bui",
        "long",
        "meo",
        "cho",
        "ong",
        "nhong tam",
        "muc",
        "oc",
        "bot mi",
        "latex",
        "cao su",
        "seafood",
        "shrimp",
        "crab",
        "milk",
        "egg",
        "eggs",
        "peanut",
        "peanuts",
        "dust",
        "pollen",
        "bee",
        "cat",
        "dog",
        "thuc an",
        "thoi tiet",
    ];

    private static readonly IReadOnlySet<string> BetaLactams = Groups
        .Where(group =>
            group.Id is "penicillin-core" or "cephalosporin" or "carbapenem"
            || group.Id.StartsWith("r1-", StringComparison.Ordinal)
        )
        .SelectMany(group => group.Members)
        .ToHashSet();

    public static IEnumerable<Alert> Check(IReadOnlyList<DrugUse> uses, PatientFacts facts)
    {
        foreach (var recorded in facts.Allergies)
        {
            var plain = string.Join(
                ' ',
                recorded
                    .WithoutDiacritics()
                    .Split(
                        [' ', ',', ';', '(', ')', '/', '.'],
                        StringSplitOptions.RemoveEmptyEntries
                    )
            );
            var agents = Ingredients.In(recorded);
            var named = Groups.Where(group => group.IsNamedIn(plain)).ToList();
            if (agents.Count == 0 && named.Count == 0)
            {
                if (
                    !NoDrugs.Any(food =>
                        $" {plain} ".Contains($" {food} ", StringComparison.Ordinal)
                    )
                )
                {
                    yield return new Alert(
                        AlertLevel.NotRun,
                        AlertRule.Allergy,
                        $"allergy:{plain}",
                        [],
                        T.Of(
                            $"Dị ứng “{recorded}” không nhận ra là hoạt chất nào: hãy tự đối chiếu với đơn.",
                            $"The recorded allergy “{recorded}” is no ingredient known here: compare it yourself."
                        ),
                        null,
                        T.Of("Hồ sơ dị ứng", "Recorded allergies")
                    );
                }
                continue;
            }
            foreach (var use in uses.Where(use => use.IsNew))
            {
                foreach (var inn in use.Inns)
                {
                    if (Against(inn, agents, named) is var (level, why, source))
                    {
                        yield return new Alert(
                            level,
                            AlertRule.Allergy,
                            $"allergy:{plain}>{inn}",
                            [use.Ref],
                            T.Of(
                                $"{use.Name}: người bệnh đã ghi nhận dị ứng {recorded}, {why}.",
                                $"{use.Name}: the patient has a recorded allergy to {recorded}; {why}."
                            ),
                            null,
                            source
                        );
                    }
                }
            }
        }
    }

    private static (AlertLevel Level, string Why, string Source)? Against(
        string inn,
        IReadOnlyList<string> agents,
        IReadOnlyList<Group> named
    )
    {
        if (agents.Contains(inn))
        {
            return (
                AlertLevel.Stop,
                T.Of("cùng hoạt chất", "same ingredient"),
                T.Of("Hồ sơ dị ứng", "Recorded allergies")
            );
        }
        var shared =
            named.FirstOrDefault(group => group.Members.Contains(inn))
            ?? Groups.FirstOrDefault(group =>
                !group.IsLabelOnly
                && group.Members.Contains(inn)
                && agents.Any(group.Members.Contains)
            );
        if (shared is not null)
        {
            return (AlertLevel.Stop, T.Of(shared.Vietnamese, shared.English), shared.Source);
        }
        var isOtherBetaLactam =
            BetaLactams.Contains(inn)
            && (
                agents.Any(BetaLactams.Contains)
                || named.Any(group => group.Members.Overlaps(BetaLactams))
            );
        return isOtherBetaLactam
            ? (
                AlertLevel.Inform,
                T.Of(
                    "khác nhân và khác chuỗi bên R1: nguy cơ dị ứng chéo không tăng",
                    "other core and other R1 side chain: no added risk"
                ),
                Groups.First(group => group.Id == "r1-amino").Source
            )
            : null;
    }
}
