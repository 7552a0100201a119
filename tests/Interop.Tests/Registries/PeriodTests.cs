using CsCheck;
using Interop.Registries;
using SharedKernel.Contracts;

namespace Interop.Tests.Registries;

public sealed class PeriodTests
{
    [Theory]
    // 17:00 UTC is midnight in Viet Nam: the same UTC day belongs to two months.
    [InlineData("2026-10-31T16:59:59Z", "2026-09")]
    [InlineData("2026-10-31T17:00:00Z", "2026-10")]
    [InlineData("2026-12-31T17:00:00Z", "2026-12")]
    [InlineData("2027-01-31T16:59:59Z", "2026-12")]
    [InlineData("2028-02-29T16:59:59Z", "2028-01")]
    [InlineData("2028-02-29T17:00:00Z", "2028-02")]
    [InlineData("2027-02-28T17:00:00Z", "2027-02")]
    public void The_last_month_that_is_over_is_counted_in_Viet_Nam(string now, string month) =>
        Assert.Equal(
            month,
            Period.LastEnded(PeriodKind.Month, DateTimeOffset.Parse(now, null)).ToString()
        );

    [Theory]
    [InlineData("2027-05-31T16:59:59Z", "2025-2026")]
    [InlineData("2027-05-31T17:00:00Z", "2026-2027")]
    [InlineData("2027-12-31T20:00:00Z", "2026-2027")]
    [InlineData("2028-01-15T00:00:00Z", "2026-2027")]
    public void The_last_school_year_that_is_over_ended_on_31_May(string now, string year) =>
        Assert.Equal(
            year,
            Period.LastEnded(PeriodKind.SchoolYear, DateTimeOffset.Parse(now, null)).ToString()
        );

    [Theory]
    [InlineData("2028-02", "2028-01-31T17:00:00Z", "2028-02-29T17:00:00Z")]
    [InlineData("2026-12", "2026-11-30T17:00:00Z", "2026-12-31T17:00:00Z")]
    public void A_month_begins_and_ends_at_midnight_in_Viet_Nam(
        string text,
        string start,
        string end
    )
    {
        var month = Period.Parse(PeriodKind.Month, text);
        Assert.Equal(DateTimeOffset.Parse(start, null), month.Start);
        Assert.Equal(DateTimeOffset.Parse(end, null), month.End);
    }

    [Theory]
    [InlineData(PeriodKind.Month, "2026-13")]
    [InlineData(PeriodKind.Month, "2026")]
    [InlineData(PeriodKind.Month, "10/2026")]
    [InlineData(PeriodKind.Month, "")]
    [InlineData(PeriodKind.SchoolYear, "2026-2028")]
    [InlineData(PeriodKind.SchoolYear, "2026-10")]
    [InlineData(PeriodKind.SchoolYear, "26")]
    public void What_is_no_period_is_refused(PeriodKind kind, string text) =>
        Assert.Equal(
            "period",
            Assert.Throws<InvalidInput>(() => Period.Parse(kind, text)).Errors[0].Field
        );

    [Fact]
    public void Every_moment_lies_in_the_month_after_the_last_that_is_over() =>
        Gen.Long[new DateTime(2000, 1, 1).Ticks, new DateTime(2100, 1, 1).Ticks]
            .Sample(ticks =>
            {
                var now = new DateTimeOffset(ticks, TimeSpan.Zero);
                var last = Period.LastEnded(PeriodKind.Month, now);
                Assert.True(last.End <= now && now < last.End.AddDays(31));
                Assert.Equal(last, Period.Parse(PeriodKind.Month, last.ToString()));
            });
}
