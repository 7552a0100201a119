using System.Text.Json;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.Station.Immunization;

/// <summary>
/// A country's immunization schedule as data: any file of this form can be loaded, and the engine knows no vaccine by itself. Names of the
/// fields follow the supporting data of CDC's CDSi logic specification.
/// </summary>
/// <param name="Grace">Days by which an age or interval may fall short where the dose does not say; 0d where the law knows none.</param>
/// <param name="LiveInterval">Between two injected live vaccines that were not given on one day.</param>
public sealed record Schedule(
    string Name,
    string Country,
    string Source,
    bool NeedsVerification,
    Age Grace,
    Age LiveInterval,
    IReadOnlyList<Vaccine> Vaccines,
    IReadOnlyList<Series> Series
)
{
    private static readonly Lazy<Schedule> VietNam = new(() =>
    {
        using var data = typeof(Schedule).Assembly.GetManifestResourceStream(
            "Health.Emr.Station.Data.immunization-vn.json"
        )!;
        return Read(data);
    });

    /// <summary>The expanded programme of Viet Nam, all versions; ask <see cref="On"/> for what holds on a day.</summary>
    public static Schedule Vietnamese => VietNam.Value;

    /// <exception cref="InvalidDataException">The file is no schedule; says what is wrong.</exception>
    public static Schedule Read(Stream json)
    {
        try
        {
            var schedule = JsonSerializer.Deserialize<Schedule>(json, JsonSerializerOptions.Web)!;
            schedule.Check();
            return schedule;
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            throw new InvalidDataException(error.Message, error);
        }
    }

    /// <summary>Without the series that do not hold on this day.</summary>
    public Schedule On(DateOnly day) =>
        this with
        {
            Series =
            [
                .. Series.Where(series =>
                    (series.ValidFrom is null || series.ValidFrom <= day)
                    && (series.ValidTo is null || day <= series.ValidTo)
                ),
            ],
        };

    public Vaccine? Find(string cvx) => Vaccines.FirstOrDefault(vaccine => vaccine.Cvx == cvx);

    private void Check()
    {
        var unknown = Series
            .SelectMany(series => series.Doses)
            .SelectMany(dose => dose.Vaccines.Append(dose.Give))
            .Where(cvx => Find(cvx) is null)
            .Distinct()
            .ToList();
        if (unknown.Count > 0)
        {
            throw new InvalidDataException(
                $"The schedule uses vaccines that it does not list: {string.Join(", ", unknown)}."
            );
        }
        if (Series.Any(series => series.Doses.Count == 0))
        {
            throw new InvalidDataException("A series has no dose.");
        }
    }
}

/// <param name="Cvx">Code of CDC's list, as in the ministry's value set <c>vaccine-code</c>.</param>
/// <param name="Live">A live vaccine that is injected: two of them are given on one day or apart.</param>
public sealed record Vaccine(
    string Cvx,
    string Vietnamese,
    string English,
    bool Live = false,
    string Route = "IM"
)
{
    public string Name => T.Of(Vietnamese, English);
}

/// <summary>What protects against one disease or a group of them.</summary>
/// <param name="Group">Series of one group are alternatives: the one in which most was done counts.</param>
/// <param name="From">Doses given younger belong to another series and are not looked at, such as hepatitis B at birth.</param>
/// <param name="Phased">Introduced place by place: offered, never called overdue.</param>
/// <param name="Sex">Null for everyone.</param>
/// <param name="Pregnant">Only while pregnant.</param>
public sealed record Series(
    string Code,
    string Vietnamese,
    string English,
    string Group,
    IReadOnlyList<Dose> Doses,
    string Source,
    bool NeedsVerification = false,
    Age? From = null,
    bool Phased = false,
    Sex? Sex = null,
    bool Pregnant = false,
    DateOnly? ValidFrom = null,
    DateOnly? ValidTo = null
)
{
    public string Name => T.Of(Vietnamese, English);
}

/// <param name="Give">CVX of what the programme gives.</param>
/// <param name="Vaccines">CVX of all that count.</param>
/// <param name="MinAge">From when it is given; an earlier one counts from <paramref name="AbsMinAge"/> on.</param>
/// <param name="AbsMinAge">Null: <paramref name="MinAge"/> less the grace.</param>
/// <param name="RecAge">Null: as soon as it may be given.</param>
/// <param name="PastDueAge">From when it is overdue; null never by age.</param>
/// <param name="MaxAge">From when it is not given any more.</param>
/// <param name="MinInterval">Since the dose before, counted or not.</param>
/// <param name="IntervalFrom">Number of the dose that the intervals count from; null for the one before.</param>
public sealed record Dose(
    string Give,
    IReadOnlyList<string> Vaccines,
    Age MinAge,
    Age? AbsMinAge = null,
    Age? RecAge = null,
    Age? PastDueAge = null,
    Age? MaxAge = null,
    Age? MinInterval = null,
    Age? AbsMinInterval = null,
    Age? RecInterval = null,
    Age? PastDueInterval = null,
    int? IntervalFrom = null
);
