namespace SharedKernel.Contracts;

/// <summary>Viet Nam has one zone, UTC+7, without summer time; the law's days are counted in it wherever the server is.</summary>
public static class VietnamTime
{
    public static readonly TimeSpan Offset = TimeSpan.FromHours(7);

    public static DateTimeOffset InVietnam(this DateTimeOffset time) => time.ToOffset(Offset);

    public static DateOnly VietnamDay(this DateTimeOffset time) =>
        DateOnly.FromDateTime(time.InVietnam().DateTime);

    public static DateOnly Today(this TimeProvider clock) => clock.GetUtcNow().VietnamDay();
}
