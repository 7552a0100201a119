using System.Globalization;
using System.Text;
using Health.Emr.Station.Immunization;
using SharedKernel.Contracts;

namespace Health.Emr.Tests.Station;

/// <summary>
/// Cases per vaccine, each with the reason expected. The child is born on 01/01/2026 unless told; a line is
/// <c>given doses → evaluations → forecast</c>.
/// </summary>
public sealed class ImmunizationEngineTests
{
    private static readonly DateOnly Born = new(2026, 1, 1);

    /// <summary>series | given cvx@date … | expected status(reason) … | today | forecast: status dose earliest recommended past-due</summary>
    public static TheoryData<string> Cases =>
        [
            // Hepatitis B at birth: within 24 hours, which dates can tell to the day.
            "HEPB0 | | | 2026-01-01 | Due 1 2026-01-01 2026-01-01 2026-01-02",
            "HEPB0 | 08@2026-01-01 | Valid | 2026-01-02 | Complete",
            "HEPB0 | 08@2026-01-02 | Valid | 2026-01-02 | Complete",
            "HEPB0 | 08@2026-01-03 | Extraneous(TooOld) | 2026-01-04 | AgedOut",
            "HEPB0 | | | 2026-01-05 | AgedOut",
            // BCG: the first month, caught up until twelve months.
            "BCG | | | 2026-01-01 | Due 1 2026-01-01 2026-01-01 2026-02-01",
            "BCG | | | 2026-02-01 | Overdue 1 2026-01-01 2026-01-01 2026-02-01",
            "BCG | 19@2026-01-20 | Valid | 2026-02-01 | Complete",
            "BCG | | | 2027-01-01 | AgedOut",
            "BCG | 19@2027-01-01 | Extraneous(TooOld) | 2027-02-01 | AgedOut",
            // Five in one: two, three, four months; one month is 28 days.
            "DTP | | | 2026-02-20 | NotYet 1 2026-03-01 2026-03-01 2026-04-01",
            "DTP | | | 2026-03-01 | Due 1 2026-03-01 2026-03-01 2026-04-01",
            "DTP | | | 2026-04-01 | Overdue 1 2026-03-01 2026-03-01 2026-04-01",
            "DTP | 102@2026-02-11 | NotValid(TooYoung) | 2026-03-01 | NotYet 1 2026-03-11 2026-03-11 2026-04-01",
            "DTP | 102@2026-02-12 | Valid | 2026-03-01 | NotYet 2 2026-03-29 2026-04-01 2026-05-01",
            "DTP | 102@2026-03-01 | Valid | 2026-04-01 | Due 2 2026-03-29 2026-04-01 2026-05-01",
            "DTP | 102@2026-03-05; 102@2026-04-01 | Valid NotValid(IntervalTooShort) | 2026-04-02 | NotYet 2 2026-04-29 2026-04-29 2026-06-01",
            "DTP | 102@2026-03-05; 102@2026-04-02 | Valid Valid | 2026-04-03 | NotYet 3 2026-04-30 2026-05-01 2026-06-02",
            "DTP | 102@2026-03-05; 102@2026-04-02; 102@2026-05-02 | Valid Valid Valid | 2026-06-01 | NotYet 4 2027-07-01 2027-07-01 2027-08-01",
            // Late: the third and the booster keep six months apart.
            "DTP | 102@2027-03-01; 102@2027-04-01; 102@2027-05-01 | Valid Valid Valid | 2027-08-05 | NotYet 4 2027-11-01 2027-11-01 2027-11-01",
            "DTP | 102@2026-03-05; 102@2026-04-02; 102@2026-05-02; 01@2027-06-30 | Valid Valid Valid NotValid(TooYoung) | 2027-07-05 | NotYet 4 2027-12-30 2027-12-30 2027-12-30",
            "DTP | 102@2026-03-05; 102@2026-04-02; 102@2026-05-02; 01@2027-07-01 | Valid Valid Valid Valid | 2027-07-05 | NotYet 5 2033-01-01 2033-01-01 2034-01-01",
            "DTP | 102@2026-03-05; 102@2026-04-02; 102@2026-05-02; 01@2027-07-01; 102@2033-02-01 | Valid Valid Valid Valid NotValid(WrongVaccine) | 2033-02-02 | NotYet 5 2037-02-01 2037-02-01 2037-02-01",
            "DTP | 102@2026-03-05; 102@2026-04-02; 102@2026-05-02; 01@2027-07-01; 09@2033-02-01 | Valid Valid Valid Valid Valid | 2033-02-02 | Complete",
            // A sixth is not wrong, it counts for nothing.
            "DTP | 102@2026-03-05; 102@2026-04-02; 102@2026-05-02; 01@2027-07-01; 09@2033-02-01; 09@2035-02-01 | Valid Valid Valid Valid Valid Extraneous(SeriesComplete) | 2035-02-02 | Complete",
            // Six in one counts for each of its diseases.
            "HIB | 146@2026-03-05; 146@2026-04-05; 146@2026-05-05 | Valid Valid Valid | 2026-06-01 | Complete",
            "HEPB | 08@2026-01-01; 146@2026-03-05; 102@2026-04-05; 102@2026-05-05 | Valid Valid Valid | 2026-06-01 | Complete",
            "IPV | 146@2026-03-05; 146@2026-04-05 | Valid Valid | 2026-06-01 | Complete",
            "POLIO | 146@2026-03-05; 178@2026-04-05 | Valid Valid | 2026-05-04 | Due 3 2026-05-03 2026-05-03 2026-06-05",
            "HIB | 102@2030-12-31 | Valid | 2031-01-01 | AgedOut",
            // IPV: five and nine months.
            "IPV | | | 2026-05-31 | NotYet 1 2026-06-01 2026-06-01 2026-07-01",
            "IPV | 10@2026-06-01 | Valid | 2026-10-01 | Due 2 2026-10-01 2026-10-01 2026-11-01",
            "IPV | 10@2026-10-20; 10@2026-11-16 | Valid NotValid(IntervalTooShort) | 2026-11-17 | NotYet 2 2026-12-14 2026-12-14 2026-12-14",
            // Rotavirus: offered where it is introduced, never overdue; too old at six months.
            "ROTA | | | 2026-05-01 | Due 1 2026-03-01 2026-03-01 2026-04-01",
            "ROTA | | | 2026-07-01 | AgedOut",
            "ROTA | 119@2026-03-01; 119@2026-04-01 | Valid Valid | 2026-05-01 | Complete",
            "ROTA | 116@2026-03-01; 116@2026-04-01 | Valid Valid | 2026-05-01 | Due 3 2026-04-29 2026-05-01 2026-06-01",
            // Pneumococcus: the second two months after the first.
            "PCV | 133@2026-03-01 | Valid | 2026-04-28 | NotYet 2 2026-05-01 2026-05-01 2026-06-01",
            "PCV | 133@2026-03-01; 133@2026-04-20 | Valid NotValid(IntervalTooShort) | 2026-05-01 | NotYet 2 2026-06-20 2026-06-20 2026-06-20",
            // Measles at nine, measles-rubella at eighteen months.
            "MEASLES | 05@2026-09-30 | NotValid(TooYoung) | 2026-10-01 | NotYet 1 2026-10-28 2026-10-28 2026-11-01",
            "MEASLES | 05@2026-10-01 | Valid | 2026-10-02 | NotYet 2 2027-07-01 2027-07-01 2027-08-01",
            "MEASLES | 05@2026-10-01; 05@2027-07-01 | Valid NotValid(WrongVaccine) | 2027-07-02 | NotYet 2 2027-07-29 2027-07-29 2027-08-01",
            "MEASLES | 05@2026-10-01; 03@2027-01-05 | Valid Valid | 2027-02-01 | Complete",
            "MEASLES | 05@2026-10-01 | Valid | 2027-08-01 | Overdue 2 2027-07-01 2027-07-01 2027-08-01",
            // Injected live vaccines: one day or 28 days apart.
            "MEASLES | 19@2026-09-10; 05@2026-10-01 | NotValid(LiveTooClose) | 2026-10-01 | NotYet 1 2026-10-29 2026-10-29 2026-11-01",
            "MEASLES | 19@2026-09-03; 05@2026-10-01 | Valid | 2026-10-02 | NotYet 2 2027-07-01 2027-07-01 2027-08-01",
            "MEASLES | 19@2026-10-01; 05@2026-10-01 | Valid | 2026-10-02 | NotYet 2 2027-07-01 2027-07-01 2027-08-01",
            "MEASLES | 19@2026-09-20 | | 2026-10-01 | NotYet 1 2026-10-18 2026-10-18 2026-11-01",
            // Drunk vaccines stand in nobody's way.
            "MEASLES | 178@2026-09-25; 05@2026-10-01 | Valid | 2026-10-02 | NotYet 2 2027-07-01 2027-07-01 2027-08-01",
            // Japanese encephalitis: a week, then a year.
            "JE | 39@2027-01-01 | Valid | 2027-01-05 | NotYet 2 2027-01-08 2027-01-08 2027-02-01",
            "JE | 39@2027-01-01; 39@2027-01-07 | Valid NotValid(IntervalTooShort) | 2027-01-08 | NotYet 2 2027-01-14 2027-01-14 2027-02-07",
            "JE | 39@2027-01-01; 39@2027-01-08 | Valid Valid | 2028-01-08 | Due 3 2028-01-08 2028-01-08 2028-02-08",
            "JE | 39@2027-01-01; 39@2027-01-08; 39@2028-01-07 | Valid Valid NotValid(IntervalTooShort) | 2028-01-08 | NotYet 3 2029-01-07 2029-01-07 2029-02-07",
            // What was spoiled or expired is given again.
            "BCG | 19@2026-01-20!expired | NotValid(Expired) | 2026-01-21 | Due 1 2026-01-01 2026-01-01 2026-02-01",
            "DTP | 102@2026-03-05!spoiled | NotValid(Spoiled) | 2026-03-06 | NotYet 1 2026-04-02 2026-04-02 2026-04-02",
        ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case(string line)
    {
        var parts = line.Split('|', StringSplitOptions.TrimEntries);
        var doses = parts[1]
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(Given)
            .ToList();
        var result = ImmunizationEngine
            .Run(Schedule.Vietnamese, new(Born, Sex.Male, doses), Day(parts[3]))
            .Single(one => one.Series.Group == parts[0] || one.Series.Code == parts[0]);
        Assert.Equal(parts[2], string.Join(' ', result.Doses.Select(Text)));
        Assert.Equal(parts[4], Text(result.Forecast));
    }

    [Fact]
    public void HPV_is_for_girls_of_eleven_from_July_2026()
    {
        var girl = new Vaccinee(new(2015, 8, 1), Sex.Female, []);
        Assert.DoesNotContain(Run(girl, new(2026, 6, 30)), result => result.Series.Code == "HPV");
        Assert.Equal("Due 1 2026-08-01 2026-08-01 2027-08-01", Of(girl, "HPV", new(2026, 9, 1)));
        Assert.Equal("NotApplicable", Of(girl with { Sex = Sex.Male }, "HPV", new(2026, 9, 1)));
    }

    [Fact]
    public void Tetanus_in_pregnancy_counts_from_the_dose_before()
    {
        var woman = new Vaccinee(new(2000, 1, 1), Sex.Female, [], Pregnant: true);
        Assert.Equal("NotApplicable", Of(woman with { Pregnant = false }, "UV", new(2026, 9, 1)));
        Assert.Equal("Due 1 2012-01-01 2012-01-01 ", Of(woman, "UV", new(2026, 9, 1)));
        var once = woman with { Doses = [new("1", "35", new(2026, 9, 1))] };
        Assert.Equal("MayGive 2 2026-09-29 2026-10-01 ", Of(once, "UV", new(2026, 9, 30)));
        var twice = woman with { Doses = [.. once.Doses, new("2", "35", new(2026, 9, 29))] };
        Assert.Equal("NotYet 3 2027-03-29 2027-03-29 ", Of(twice, "UV", new(2026, 10, 1)));
    }

    [Theory]
    [InlineData("live", "MEASLES", "Contraindicated")]
    [InlineData("live", "DTP", "Due")]
    [InlineData("102", "DTP", "Contraindicated")]
    [InlineData("BCG", "BCG", "Contraindicated")]
    public void Contraindications_name_a_series_a_vaccine_or_all_live_ones(
        string what,
        string series,
        string status
    )
    {
        var child = new Vaccinee(
            Born,
            Sex.Male,
            [],
            Contraindicated: new Dictionary<string, string> { [what] = "suy giảm miễn dịch" }
        );
        var today = series == "DTP" ? new DateOnly(2026, 3, 2) : new DateOnly(2026, 10, 5);
        Assert.StartsWith(status, Of(child, series, today));
    }

    [Fact]
    public void Who_had_the_disease_needs_no_dose() =>
        Assert.Equal(
            "Immune",
            Of(
                new Vaccinee(Born, Sex.Male, [], Immune: new HashSet<string> { "MEASLES" }),
                "MEASLES",
                new(2026, 10, 5)
            )
        );

    /// <summary>Another country's schedule is another file: here with the four days of grace that CDC knows.</summary>
    [Fact]
    public void Any_schedule_can_be_loaded_and_grace_is_its_own()
    {
        const string json = """
            {"name":"X","country":"XX","source":"test","needsVerification":false,"grace":"4d","liveInterval":"28d",
             "vaccines":[{"cvx":"03","vietnamese":"MMR","english":"MMR","live":true}],
             "series":[{"code":"M","vietnamese":"Sởi","english":"Measles","group":"M","source":"test",
               "doses":[{"give":"03","vaccines":["03"],"minAge":"12m"},{"give":"03","vaccines":["03"],"minAge":"13m","minInterval":"28d"}]}]}
            """;
        var schedule = Schedule.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)));
        var child = new Vaccinee(
            Born,
            Sex.Male,
            [new("1", "03", new(2026, 12, 28)), new("2", "03", new(2027, 1, 28))]
        );
        var result = ImmunizationEngine.Run(schedule, child, new(2027, 2, 1)).Single();
        Assert.Equal("Valid Valid", string.Join(' ', result.Doses.Select(Text)));
        var early = child with { Doses = [new("1", "03", new(2026, 12, 27))] };
        Assert.Equal(
            "NotValid(TooYoung)",
            Text(ImmunizationEngine.Run(schedule, early, new(2027, 2, 1)).Single().Doses[0])
        );
    }

    [Theory]
    [InlineData("""{"series":[]""")]
    [InlineData(
        """{"name":"X","country":"XX","source":"","grace":"4 days","liveInterval":"28d","vaccines":[],"series":[]}"""
    )]
    [InlineData(
        """{"name":"X","country":"XX","source":"","grace":"4d","liveInterval":"28d","vaccines":[],"series":[{"code":"M","vietnamese":"","english":"","group":"M","source":"","doses":[{"give":"03","vaccines":["03"],"minAge":"1y"}]}]}"""
    )]
    public void A_file_that_is_no_schedule_is_refused(string json) =>
        Assert.Throws<InvalidDataException>(() =>
            Schedule.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)))
        );

    [Theory]
    [InlineData("2026-08-31", "6m", "2027-03-01")]
    [InlineData("2024-02-29", "1y", "2025-03-01")]
    [InlineData("2026-01-31", "1m", "2026-03-01")]
    [InlineData("2026-01-01", "12m-4d", "2026-12-28")]
    [InlineData("2026-01-01", "6w", "2026-02-12")]
    public void Spans_are_added_as_CDSi_adds_them(string from, string span, string to) =>
        Assert.Equal(Day(to), Age.Parse(span).After(Day(from)));

    [Fact]
    public void The_schedule_says_where_it_is_from_and_that_it_must_be_checked()
    {
        Assert.True(Schedule.Vietnamese.NeedsVerification);
        Assert.All(Schedule.Vietnamese.Series, series => Assert.NotEmpty(series.Source));
    }

    private static IReadOnlyList<SeriesResult> Run(Vaccinee person, DateOnly today) =>
        ImmunizationEngine.Run(Schedule.Vietnamese, person, today);

    private static string Of(Vaccinee person, string series, DateOnly today) =>
        Text(Run(person, today).Single(result => result.Series.Code == series).Forecast);

    private static GivenDose Given(string text)
    {
        var parts = text.Split('@', '!');
        return new(
            parts[1] + parts[0],
            parts[0],
            Day(parts[1]),
            Expired: parts is [_, _, "expired"],
            Spoiled: parts is [_, _, "spoiled"]
        );
    }

    private static string Text(EvaluatedDose dose) =>
        dose.Reason is DoseReason.None ? $"{dose.Status}" : $"{dose.Status}({dose.Reason})";

    private static string Text(Forecast forecast) =>
        forecast.Earliest is null
            ? $"{forecast.Status}"
            : $"{forecast.Status} {forecast.Dose} {forecast.Earliest:yyyy-MM-dd} {forecast.Recommended:yyyy-MM-dd} {forecast.PastDue:yyyy-MM-dd}";

    private static DateOnly Day(string text) =>
        DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
