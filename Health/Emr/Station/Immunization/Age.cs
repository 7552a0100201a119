using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Health.Emr.Station.Immunization;

/// <summary>
/// A span as schedules write it: <c>2m</c>, <c>28d</c>, <c>6w</c>, <c>1y</c>, <c>12m-4d</c>. Added to a date by the rules of CDSi: years and
/// months first, then weeks and days; a day that the month does not have becomes the first of the next (31 August + 6 months = 1 March).
/// </summary>
[JsonConverter(typeof(AgeConverter))]
public readonly partial record struct Age(int Months, int Days)
{
    public static Age Parse(string text)
    {
        var (months, days, at) = (0, 0, 0);
        foreach (Match part in Part().Matches(text))
        {
            if (part.Index != at)
            {
                break;
            }
            at += part.Length;
            var number = int.Parse(part.Groups[1].Value, CultureInfo.InvariantCulture);
            (months, days) = part.Groups[2].Value switch
            {
                "y" => (months + 12 * number, days),
                "m" => (months + number, days),
                "w" => (months, days + 7 * number),
                _ => (months, days + number),
            };
        }
        return at == text.Length && at > 0
            ? new(months, days)
            : throw new FormatException($"'{text}' is no age such as 2m, 28d or 12m-4d.");
    }

    public DateOnly After(DateOnly date)
    {
        var month = new DateOnly(date.Year, date.Month, 1).AddMonths(Months);
        var day =
            date.Day <= DateTime.DaysInMonth(month.Year, month.Month)
                ? month.AddDays(date.Day - 1)
                : month.AddMonths(1);
        return day.AddDays(Days);
    }

    public override string ToString() =>
        (Months, Days) switch
        {
            (0, _) => $"{Days}d",
            (_, 0) => $"{Months}m",
            _ => $"{Months}m{Days:+#;-#}d",
        };

    [GeneratedRegex(@"([+-]?\d+)([ymwd])")]
    private static partial Regex Part();

    private sealed class AgeConverter : JsonConverter<Age>
    {
        public override Age Read(
            ref Utf8JsonReader reader,
            Type type,
            JsonSerializerOptions options
        ) => Parse(reader.GetString() ?? "");

        public override void Write(
            Utf8JsonWriter writer,
            Age value,
            JsonSerializerOptions options
        ) => writer.WriteStringValue(value.ToString());
    }
}
