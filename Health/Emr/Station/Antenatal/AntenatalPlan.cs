using System.Text.Json;
using SharedKernel.Ui;

namespace Health.Emr.Station.Antenatal;

/// <summary>Periods of a pregnancy, the visits of each, and the limits of what is a sign of risk (<c>Station/Data/antenatal-plan.json</c>).</summary>
/// <param name="TermDays">From the first day of the last period to the expected date (Naegele): 280.</param>
public sealed record AntenatalPlan(
    string Source,
    bool NeedsVerification,
    int TermDays,
    IReadOnlyList<AntenatalPeriod> Periods,
    AntenatalLimits Limits
)
{
    public static AntenatalPlan Current { get; } = Load();

    public DateOnly ExpectedOn(DateOnly lastPeriod) => lastPeriod.AddDays(TermDays);

    /// <summary>Completed weeks of pregnancy.</summary>
    public static int WeekOn(DateOnly lastPeriod, DateOnly day) =>
        (day.DayNumber - lastPeriod.DayNumber) / 7;

    public AntenatalPeriod PeriodOn(DateOnly lastPeriod, DateOnly day)
    {
        var week = WeekOn(lastPeriod, day);
        return Periods.LastOrDefault(period => period.FromWeek <= week) ?? Periods[0];
    }

    /// <summary>By when the next visit is to be: the end of the first period that lacks one; null when all are done.</summary>
    public DateOnly? NextBy(DateOnly lastPeriod, IEnumerable<DateOnly> visits, DateOnly today)
    {
        var days = visits.ToList();
        var now = PeriodOn(lastPeriod, today);
        foreach (var period in Periods.Where(period => period.Number >= now.Number))
        {
            var (from, to) = (
                lastPeriod.AddDays(7 * period.FromWeek),
                lastPeriod.AddDays(7 * period.ToWeek + 6)
            );
            var done = days.Count(day => from <= day && day <= to);
            if (done < period.Visits)
            {
                // Of several in a period each has its part of it.
                var part = (to.DayNumber - from.DayNumber + 1) * (done + 1) / period.Visits;
                return from.AddDays(part - 1);
            }
        }
        return null;
    }

    /// <summary>Four visits or more, at least one in each period (form 4-TYT, 5.2).</summary>
    public bool IsComplete(DateOnly lastPeriod, IEnumerable<DateOnly> visits)
    {
        var periods = visits.Select(day => PeriodOn(lastPeriod, day).Number).ToList();
        return periods.Count >= Periods.Sum(period => period.Visits)
            && Periods.All(period => periods.Contains(period.Number));
    }

    private static AntenatalPlan Load()
    {
        using var data = typeof(AntenatalPlan).Assembly.GetManifestResourceStream(
            "Health.Emr.Station.Data.antenatal-plan.json"
        )!;
        return JsonSerializer.Deserialize<AntenatalPlan>(data, JsonSerializerOptions.Web)!;
    }
}

/// <param name="ToWeek">The last whole week of it.</param>
public sealed record AntenatalPeriod(int Number, int FromWeek, int ToWeek, int Visits);

public sealed record AntenatalLimits(
    int Youngest,
    int Oldest,
    int Shortest,
    int MostBirths,
    int Systolic,
    int Diastolic,
    int SevereSystolic,
    int SevereDiastolic,
    int HeartLow,
    int HeartHigh,
    int Haemoglobin,
    int SevereHaemoglobin,
    int PresentationFromWeek,
    int PostTermWeek
);

/// <summary>What is found at a visit; null is not examined.</summary>
/// <param name="Weight">kg</param>
/// <param name="FundalHeight">cm</param>
/// <param name="HeartRate">Of the fetus, beats a minute.</param>
/// <param name="UrineProtein">0 none, 1 to 4 crosses.</param>
/// <param name="Haemoglobin">g/L</param>
/// <param name="Cephalic">False for breech or another lie.</param>
/// <param name="Danger">Bleeding, headache with blurred sight, fits, oedema of the face, fever, no movement: in the nurse's words.</param>
public sealed record AntenatalFindings(
    decimal? Weight = null,
    decimal? Systolic = null,
    decimal? Diastolic = null,
    decimal? FundalHeight = null,
    decimal? HeartRate = null,
    int? UrineProtein = null,
    decimal? Haemoglobin = null,
    bool? Cephalic = null,
    string? Danger = null
);

/// <param name="Urgent">To be referred now.</param>
public sealed record RiskSign(bool Urgent, string Text);

/// <summary>Signs of risk, each with its reason: of the woman, and of a visit.</summary>
public static class RiskSigns
{
    /// <param name="births">Children born before.</param>
    public static IReadOnlyList<RiskSign> OfWoman(
        int? age,
        int? births,
        decimal? heightCm,
        AntenatalPlan plan
    )
    {
        var limits = plan.Limits;
        var signs = new List<RiskSign>();
        if (age < limits.Youngest)
        {
            signs.Add(new(false, T.Of($"mới {age} tuổi", $"only {age} years old")));
        }
        if (age >= limits.Oldest)
        {
            signs.Add(
                new(
                    false,
                    T.Of(
                        $"{age} tuổi, từ {limits.Oldest} trở lên",
                        $"{age} years, {limits.Oldest} or more"
                    )
                )
            );
        }
        if (births >= limits.MostBirths)
        {
            signs.Add(new(false, T.Of($"đã sinh {births} lần", $"has given birth {births} times")));
        }
        if (heightCm < limits.Shortest)
        {
            signs.Add(
                new(
                    false,
                    T.Of($"cao dưới {limits.Shortest} cm", $"shorter than {limits.Shortest} cm")
                )
            );
        }
        return signs;
    }

    public static IReadOnlyList<RiskSign> OfVisit(
        AntenatalFindings found,
        int week,
        AntenatalPlan plan
    )
    {
        var limits = plan.Limits;
        var signs = new List<RiskSign>();
        void Add(bool urgent, string vietnamese, string english) =>
            signs.Add(new(urgent, T.Of(vietnamese, english)));

        var high = found.Systolic >= limits.Systolic || found.Diastolic >= limits.Diastolic;
        var severe =
            found.Systolic >= limits.SevereSystolic || found.Diastolic >= limits.SevereDiastolic;
        if (high)
        {
            var protein = found.UrineProtein > 0;
            Add(
                severe || protein,
                $"huyết áp {found.Systolic:0}/{found.Diastolic:0}{(protein ? ", protein niệu: nghi tiền sản giật" : "")}",
                $"blood pressure {found.Systolic:0}/{found.Diastolic:0}{(protein ? ", protein in urine: pre-eclampsia?" : "")}"
            );
        }
        else if (found.UrineProtein > 0)
        {
            Add(
                false,
                $"protein niệu {new string('+', found.UrineProtein.Value)}",
                $"protein in urine {new string('+', found.UrineProtein.Value)}"
            );
        }
        if (found.HeartRate < limits.HeartLow || found.HeartRate > limits.HeartHigh)
        {
            Add(
                true,
                $"tim thai {found.HeartRate:0} lần/phút",
                $"fetal heart {found.HeartRate:0} a minute"
            );
        }
        if (found.Haemoglobin < limits.Haemoglobin)
        {
            Add(
                found.Haemoglobin < limits.SevereHaemoglobin,
                $"thiếu máu, Hb {found.Haemoglobin:0} g/L",
                $"anaemia, Hb {found.Haemoglobin:0} g/L"
            );
        }
        if (found.Cephalic == false && week >= limits.PresentationFromWeek)
        {
            Add(false, $"ngôi bất thường ở tuần {week}", $"not head first in week {week}");
        }
        if (week >= limits.PostTermWeek)
        {
            Add(true, $"thai quá ngày, tuần {week}", $"past term, week {week}");
        }
        if (!string.IsNullOrWhiteSpace(found.Danger))
        {
            Add(true, found.Danger.Trim(), found.Danger.Trim());
        }
        return signs;
    }
}
