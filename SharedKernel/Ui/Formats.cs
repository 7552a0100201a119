using System.Globalization;
using SharedKernel.Contracts;

namespace SharedKernel.Ui;

/// <summary>How dates, ages, money and names are written for people in Viet Nam, whatever zone the server is in.</summary>
public static class Formats
{
    public static string Text(this DateOnly date) =>
        date.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture);

    /// <summary><c>12/03/1950</c>, <c>03/1950</c> or <c>1950</c>.</summary>
    public static string Text(this PartialDate date) =>
        (date.Month, date.Day) switch
        {
            (null, _) => $"{date.Year}",
            (_, null) => $"{date.Month:D2}/{date.Year}",
            _ => date.First.Text(),
        };

    public static string Text(this DateTimeOffset time) =>
        time.InVietnam().ToString("HH:mm dd/MM/yyyy", CultureInfo.InvariantCulture);

    /// <summary>Whole đồng with dots between thousands: <c>1.250.000 ₫</c>.</summary>
    public static string Dong(this long amount) => amount.ToString("N0", T.Vietnamese) + " ₫";

    /// <summary>Age in the unit that matters at the bedside: days to 1 month, months to 72 months (the law's border), then years.</summary>
    public static string Age(this PartialDate birth, DateOnly on)
    {
        var months = birth.MonthsOn(on);
        if (birth.Day is null || months >= 72)
        {
            return T.Of($"{birth.YearsOn(on)} tuổi", $"{birth.YearsOn(on)} years");
        }
        var days = on.DayNumber - birth.First.DayNumber;
        return months < 1
            ? T.Of($"{days} ngày tuổi", $"{days} days")
            : T.Of($"{months} tháng tuổi", $"{months} months");
    }

    public static string Text(this Sex sex) =>
        sex switch
        {
            Sex.Male => T.Of("Nam", "Male"),
            Sex.Female => T.Of("Nữ", "Female"),
            _ => T.Of("Chưa xác định", "Unknown"),
        };

    public static string Text(this PriceItemKind kind) =>
        kind switch
        {
            PriceItemKind.Drug => T.Of("Thuốc", "Drug"),
            PriceItemKind.Device => T.Of("Thiết bị", "Device"),
            _ => T.Of("Dịch vụ", "Service"),
        };

    public static string Text(this PriceKind kind) =>
        kind switch
        {
            PriceKind.Insurance => T.Of("Giá BHYT", "Insurance"),
            PriceKind.SelfPay => T.Of("Giá không BHYT", "Self-pay"),
            PriceKind.OnDemand => T.Of("Giá yêu cầu", "On demand"),
            _ => T.Of("Giá hỗ trợ", "Support"),
        };
}
