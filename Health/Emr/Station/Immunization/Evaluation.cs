using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.Station.Immunization;

/// <summary>Whether a dose that was given counts, and why not (CDSi, chapter 6).</summary>
public enum DoseStatus
{
    Valid,
    NotValid,

    /// <summary>Given after the series was complete, or too late for it: does no harm, counts for nothing.</summary>
    Extraneous,
}

public enum DoseReason
{
    None,
    TooYoung,
    TooOld,
    IntervalTooShort,
    LiveTooClose,
    WrongVaccine,
    Expired,
    Spoiled,
    SeriesComplete,
}

/// <param name="Expired">The lot had expired on that day.</param>
/// <param name="Spoiled">Broken cold chain, half a dose and the like: given, but known not to work (FHIR isSubpotent).</param>
public sealed record GivenDose(
    string Id,
    string Cvx,
    DateOnly On,
    bool Expired = false,
    bool Spoiled = false
);

/// <param name="Target">Number of the dose in the series that it was judged as; 0 after the last.</param>
/// <param name="Allowed">The first day on which it would have counted; null where that is not the question.</param>
public sealed record EvaluatedDose(
    GivenDose Given,
    int Target,
    DoseStatus Status,
    DoseReason Reason = DoseReason.None,
    DateOnly? Allowed = null
)
{
    /// <summary>In the reader's words.</summary>
    public string Why =>
        Reason switch
        {
            DoseReason.TooYoung => T.Of(
                $"tiêm quá sớm so với tuổi: sớm nhất {Allowed?.Text()}",
                $"given too young: {Allowed?.Text()} at the earliest"
            ),
            DoseReason.TooOld => T.Of("đã quá tuổi của mũi này", "too old for this dose"),
            DoseReason.IntervalTooShort => T.Of(
                $"chưa đủ khoảng cách với mũi trước: sớm nhất {Allowed?.Text()}",
                $"too soon after the dose before: {Allowed?.Text()} at the earliest"
            ),
            DoseReason.LiveTooClose => T.Of(
                $"quá gần một vắc xin sống khác: sớm nhất {Allowed?.Text()}, hoặc cùng ngày",
                $"too close to another live vaccine: {Allowed?.Text()} at the earliest, or the same day"
            ),
            DoseReason.WrongVaccine => T.Of(
                "vắc xin này không dùng cho mũi đó",
                "this vaccine is not for that dose"
            ),
            DoseReason.Expired => T.Of("lô đã hết hạn", "the lot had expired"),
            DoseReason.Spoiled => T.Of(
                "liều không đạt chất lượng (dây chuyền lạnh, thiếu liều)",
                "the dose was spoiled (cold chain, half a dose)"
            ),
            DoseReason.SeriesComplete => T.Of("đã đủ mũi từ trước", "the series was complete"),
            _ => "",
        };
}

public enum ForecastStatus
{
    Complete,

    /// <summary>Too early for the next dose.</summary>
    NotYet,

    /// <summary>May be given, is recommended later.</summary>
    MayGive,
    Due,
    Overdue,

    /// <summary>The age for it has passed.</summary>
    AgedOut,
    Contraindicated,

    /// <summary>Had the disease.</summary>
    Immune,

    /// <summary>Not for this person: another sex, not pregnant.</summary>
    NotApplicable,
}

/// <param name="Dose">Number of the dose that is next; 0 when none is.</param>
/// <param name="Earliest">From this day it counts.</param>
/// <param name="PastDue">From this day it is overdue; null never.</param>
public sealed record Forecast(
    Series Series,
    ForecastStatus Status,
    int Dose = 0,
    Vaccine? Give = null,
    DateOnly? Earliest = null,
    DateOnly? Recommended = null,
    DateOnly? PastDue = null,
    string? Why = null
);

/// <param name="Contraindicated">Codes of series, CVX of vaccines, or <c>live</c>, with the reason in words.</param>
/// <param name="Immune">Codes of series whose disease the person has had.</param>
public sealed record Vaccinee(
    DateOnly Birth,
    Sex Sex,
    IReadOnlyList<GivenDose> Doses,
    bool Pregnant = false,
    IReadOnlyDictionary<string, string>? Contraindicated = null,
    IReadOnlySet<string>? Immune = null
);

public sealed record SeriesResult(
    Series Series,
    IReadOnlyList<EvaluatedDose> Doses,
    Forecast Forecast
);
