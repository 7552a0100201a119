using SharedKernel.Ui;

namespace Health.Emr.DecisionSupport;

/// <summary>
/// The same ingredient twice. Two forms of release of one drug (a lasting one and one for breakthrough pain), two routes, and what is
/// taken already are told and do not interrupt.
/// </summary>
internal static class Duplicates
{
    public static IEnumerable<Alert> Check(IReadOnlyList<DrugUse> uses)
    {
        var twice =
            from use in uses
            where use.IsSystemic
            from inn in use.Inns.Distinct()
            group use by inn into same
            where same.Count() > 1 && same.Any(use => use.IsNew)
            select same;
        foreach (var same in twice)
        {
            var fresh = same.Where(use => use.IsNew).ToList();
            var interrupts =
                fresh.Count > 1
                && fresh
                    .GroupBy(use => (use.Route, use.IsModifiedRelease))
                    .Any(kind => kind.Count() > 1);
            yield return new Alert(
                interrupts ? AlertLevel.Stop : AlertLevel.Inform,
                AlertRule.Duplicate,
                $"duplicate:{same.Key}",
                [.. same.Select(use => use.Ref)],
                fresh.Count > 1
                    ? T.Of(
                        $"{Ingredients.NameOf(same.Key)} có trong {fresh.Count} thuốc của đơn: {Names(fresh)}.",
                        $"{Ingredients.NameOf(same.Key)} is in {fresh.Count} of the drugs: {Names(fresh)}."
                    )
                    : T.Of(
                        $"{Ingredients.NameOf(same.Key)}: người bệnh đang dùng theo đơn trước ({Names(same.Where(use => !use.IsNew))}).",
                        $"{Ingredients.NameOf(same.Key)}: already taken by an earlier prescription ({Names(same.Where(use => !use.IsNew))})."
                    ),
                null,
                "Records"
            );
        }
    }

    private static string Names(IEnumerable<DrugUse> uses) =>
        string.Join("; ", uses.Select(use => use.Name));
}
