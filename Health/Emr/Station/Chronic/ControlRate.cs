using SharedKernel.Contracts;

namespace Health.Emr.Station.Chronic;

public enum ChronicState
{
    Controlled,
    Uncontrolled,

    /// <summary>Not measured within the window.</summary>
    Lost,
}

/// <param name="Since">First diagnosis.</param>
/// <param name="Readings">Oldest first.</param>
/// <param name="Died">Null while alive.</param>
public sealed record ChronicPatient(
    string PatientId,
    string Name,
    PartialDate? Birth,
    Sex Sex,
    string? Phone,
    DateOnly Since,
    IReadOnlyList<Reading> Readings,
    DateOnly? Died = null
)
{
    public Reading? LastOn(DateOnly day) => Readings.LastOrDefault(reading => reading.On <= day);

    public ChronicState StateOn(DateOnly day, int windowMonths) =>
        LastOn(day) is { } last && last.On > day.AddMonths(-windowMonths)
            ? last.OnTarget
                ? ChronicState.Controlled
                : ChronicState.Uncontrolled
            : ChronicState.Lost;
}

/// <summary>How a register stands on a day.</summary>
/// <param name="Registered">Diagnosed by then and alive.</param>
public sealed record ControlRate(
    DateOnly On,
    int Registered,
    int Controlled,
    int Uncontrolled,
    int Lost
)
{
    /// <summary>Percent of all who are registered; null when nobody is.</summary>
    public decimal? Percent =>
        Registered == 0 ? null : Math.Round(100m * Controlled / Registered, 1);

    public static ControlRate Of(
        IEnumerable<ChronicPatient> patients,
        DateOnly day,
        int windowMonths
    )
    {
        var states = patients
            .Where(patient => patient.Since <= day && (patient.Died is null || patient.Died > day))
            .Select(patient => patient.StateOn(day, windowMonths))
            .ToList();
        return new(
            day,
            states.Count,
            states.Count(state => state is ChronicState.Controlled),
            states.Count(state => state is ChronicState.Uncontrolled),
            states.Count(state => state is ChronicState.Lost)
        );
    }

    /// <summary>The ends of the last twelve months and the day itself.</summary>
    public static IReadOnlyList<ControlRate> OfAYear(
        IReadOnlyCollection<ChronicPatient> patients,
        DateOnly today,
        int windowMonths
    )
    {
        var first = new DateOnly(today.Year, today.Month, 1);
        return
        [
            .. Enumerable
                .Range(0, 12)
                .Select(back => first.AddMonths(-back).AddDays(-1))
                .Reverse()
                .Append(today)
                .Select(day => Of(patients, day, windowMonths)),
        ];
    }
}
