using SharedKernel.Contracts;

namespace Health.Emr.Station.Immunization;

/// <summary>
/// Judges every dose that was given, then says what comes next: after CDC's Clinical Decision Support for Immunization (CDSi) logic
/// specification, chapters 5 to 8: evaluate, forecast (earliest, recommended, past due), choose among alternative series. Pure: the schedule
/// is data, the day is given.
/// </summary>
public static class ImmunizationEngine
{
    /// <summary>One result for each group of series, in the schedule's order.</summary>
    public static IReadOnlyList<SeriesResult> Run(
        Schedule schedule,
        Vaccinee person,
        DateOnly today
    )
    {
        var doses = person
            .Doses.OrderBy(dose => dose.On)
            .ThenBy(dose => dose.Id, StringComparer.Ordinal)
            .ToList();
        return
        [
            .. schedule
                .On(today)
                .Series.GroupBy(series => series.Group)
                .Select(group =>
                    group
                        .Select(series => Run(schedule, series, person, doses, today))
                        // Of alternatives the complete one, else the one in which most was done, else the first.
                        .OrderByDescending(result =>
                            result.Forecast.Status is ForecastStatus.Complete
                        )
                        .ThenByDescending(result =>
                            result.Doses.Count(dose => dose.Status is DoseStatus.Valid)
                        )
                        .First()
                ),
        ];
    }

    private static SeriesResult Run(
        Schedule schedule,
        Series series,
        Vaccinee person,
        IReadOnlyList<GivenDose> all,
        DateOnly today
    )
    {
        var from = series.From?.After(person.Birth);
        var mine = all.Where(dose =>
                (from is null || dose.On >= from)
                && series.Doses.Any(target => target.Vaccines.Contains(dose.Cvx))
            )
            .ToList();
        var evaluated = new List<EvaluatedDose>();
        var counted = new List<GivenDose>();
        foreach (var dose in mine)
        {
            var result = Evaluate(schedule, series, person, all, dose, counted, evaluated);
            evaluated.Add(result);
            if (result.Status is DoseStatus.Valid)
            {
                counted.Add(dose);
            }
        }
        return new(
            series,
            evaluated,
            ForecastOf(schedule, series, person, all, counted, evaluated, today)
        );
    }

    private static EvaluatedDose Evaluate(
        Schedule schedule,
        Series series,
        Vaccinee person,
        IReadOnlyList<GivenDose> all,
        GivenDose given,
        IReadOnlyList<GivenDose> counted,
        IReadOnlyList<EvaluatedDose> before
    )
    {
        if (counted.Count == series.Doses.Count)
        {
            return new(given, 0, DoseStatus.Extraneous, DoseReason.SeriesComplete);
        }
        var number = counted.Count + 1;
        var target = series.Doses[number - 1];
        EvaluatedDose Not(DoseReason why, DateOnly? allowed = null) =>
            new(given, number, DoseStatus.NotValid, why, allowed);

        if (given.Expired || given.Spoiled)
        {
            return Not(given.Expired ? DoseReason.Expired : DoseReason.Spoiled);
        }
        var youngest =
            target.AbsMinAge?.After(person.Birth)
            ?? Less(target.MinAge, schedule.Grace).After(person.Birth);
        if (given.On < youngest)
        {
            return Not(DoseReason.TooYoung, youngest);
        }
        if (target.MaxAge is { } oldest && given.On >= oldest.After(person.Birth))
        {
            return new(given, number, DoseStatus.Extraneous, DoseReason.TooOld);
        }
        if (
            IntervalStart(target, counted, [.. before.Select(dose => dose.Given)]) is { } since
            && (
                target.AbsMinInterval
                ?? (target.MinInterval is { } least ? Less(least, schedule.Grace) : null)
            )
                is { } interval
            && given.On < interval.After(since)
        )
        {
            return Not(DoseReason.IntervalTooShort, interval.After(since));
        }
        if (LiveConflict(schedule, given.Cvx, given.On, all) is { } free)
        {
            return Not(DoseReason.LiveTooClose, free);
        }
        return target.Vaccines.Contains(given.Cvx)
            ? new(given, number, DoseStatus.Valid)
            : Not(DoseReason.WrongVaccine);
    }

    private static Forecast ForecastOf(
        Schedule schedule,
        Series series,
        Vaccinee person,
        IReadOnlyList<GivenDose> all,
        IReadOnlyList<GivenDose> counted,
        IReadOnlyList<EvaluatedDose> evaluated,
        DateOnly today
    )
    {
        if (counted.Count == series.Doses.Count)
        {
            return new(series, ForecastStatus.Complete);
        }
        var number = counted.Count + 1;
        var target = series.Doses[number - 1];
        var give = schedule.Find(target.Give)!;
        if ((series.Sex is { } sex && sex != person.Sex) || (series.Pregnant && !person.Pregnant))
        {
            return new(series, ForecastStatus.NotApplicable);
        }
        if (person.Immune?.Contains(series.Code) == true)
        {
            return new(series, ForecastStatus.Immune);
        }
        if (Contraindication(series, give, person) is { } why)
        {
            return new(series, ForecastStatus.Contraindicated, number, give, Why: why);
        }
        var earliest = target.MinAge.After(person.Birth);
        var since = IntervalStart(target, counted, [.. evaluated.Select(dose => dose.Given)]);
        if (since is { } last)
        {
            earliest = Later(earliest, (target.MinInterval ?? default).After(last));
        }
        // A dose that did not count is repeated no sooner than the law's interval after it.
        if (
            evaluated is [.., { Status: DoseStatus.NotValid } failed]
            && (target.MinInterval ?? RepeatAfter(series)) is { } pause
        )
        {
            earliest = Later(earliest, pause.After(failed.Given.On));
        }
        if (give.Live && LastLive(schedule, all) is { } live)
        {
            var free = schedule.LiveInterval.After(live);
            earliest = earliest > live && earliest < free ? free : earliest;
        }
        var recommended = Later(earliest, target.RecAge?.After(person.Birth));
        if (since is { } from && target.RecInterval is { } wait)
        {
            recommended = Later(recommended, wait.After(from));
        }
        DateOnly? pastDue = target.PastDueAge?.After(person.Birth);
        if (since is { } start && target.PastDueInterval is { } late)
        {
            pastDue = Later(late.After(start), pastDue);
        }
        if (pastDue is { } due && due < recommended)
        {
            // Behind the schedule: overdue from the day it can be caught up.
            pastDue = recommended;
        }
        if (
            target.MaxAge?.After(person.Birth) is { } oldest
            && (today >= oldest || earliest >= oldest)
        )
        {
            return new(series, ForecastStatus.AgedOut, number, give);
        }
        var status =
            today < earliest ? ForecastStatus.NotYet
            : today < recommended ? ForecastStatus.MayGive
            : pastDue is { } overdue && today >= overdue && !series.Phased ? ForecastStatus.Overdue
            : ForecastStatus.Due;
        return new(series, status, number, give, earliest, recommended, pastDue);
    }

    /// <summary>The dose that intervals count from: the one before, counted or not, or the named one of the series.</summary>
    private static DateOnly? IntervalStart(
        Dose target,
        IReadOnlyList<GivenDose> counted,
        IReadOnlyList<GivenDose> given
    ) =>
        target.IntervalFrom is { } number
            ? counted.Count >= number
                ? counted[number - 1].On
                : null
            : counted.Count == 0
                ? null
                : given[^1].On;

    private static Age? RepeatAfter(Series series) =>
        series.Doses.Count > 1 ? series.Doses[1].MinInterval : null;

    /// <summary>The first day that is free of other live vaccines; null when this day is.</summary>
    private static DateOnly? LiveConflict(
        Schedule schedule,
        string cvx,
        DateOnly on,
        IReadOnlyList<GivenDose> all
    )
    {
        if (schedule.Find(cvx) is not { Live: true })
        {
            return null;
        }
        var near = all.Where(other =>
                other.On < on
                && schedule.Find(other.Cvx) is { Live: true }
                && on < schedule.LiveInterval.After(other.On)
            )
            .Select(other => schedule.LiveInterval.After(other.On))
            .ToList();
        return near.Count > 0 ? near.Max() : null;
    }

    private static DateOnly? LastLive(Schedule schedule, IReadOnlyList<GivenDose> all) =>
        all.LastOrDefault(dose => schedule.Find(dose.Cvx) is { Live: true })?.On;

    private static string? Contraindication(Series series, Vaccine give, Vaccinee person) =>
        person.Contraindicated is not { } reasons ? null
        : reasons.TryGetValue(series.Code, out var bySeries) ? bySeries
        : reasons.TryGetValue(give.Cvx, out var byVaccine) ? byVaccine
        : give.Live && reasons.TryGetValue("live", out var byLive) ? byLive
        : null;

    private static Age Less(Age age, Age grace) =>
        new(age.Months - grace.Months, age.Days - grace.Days);

    private static DateOnly Later(DateOnly one, DateOnly? other) =>
        other is { } known && known > one ? known : one;
}
