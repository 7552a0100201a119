using Health.Emr.Charts;
using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Encounters;

/// <summary>A person's newest vital signs over all visits, as one chart a sign, each value judged by the range of the age it was measured at.</summary>
public sealed class ReadVitalHistory(FhirSession fhir, PatientIds ids, ReadPatientSummary summary)
    : IFeature
{
    private const int Most = 400;

    /// <param name="Mark"><c>L</c>, <c>H</c>, <c>N</c>, or null when no range is known.</param>
    public sealed record Reading(DateTimeOffset At, decimal Value, string? Mark);

    /// <param name="Readings">Oldest first.</param>
    public sealed record Series(VitalSign Sign, IReadOnlyList<Reading> Readings);

    public sealed record Result(ReadPatientSummary.Summary Summary, IReadOnlyList<Series> Signs);

    /// <exception cref="NotFound">There is no such patient.</exception>
    public async Task<Result> Run(string id, CancellationToken cancel = default)
    {
        var read = await summary.Run(id, cancel);
        var birth = read.Patient.Birth();
        var observations = await fhir.Search<Observation>(
            $"patient={await ids.Run(id, cancel)}&category=vital-signs&status=final,amended,corrected&_sort=-date&_count={Most}",
            cancel
        );
        var readings =
            from observation in observations
            let at = ReadPatientSummary.When(observation.Effective)
            from value in Values(observation)
            let months = birth?.MonthsOn(at.VietnamDay())
            orderby at
            group new Reading(
                at,
                value.Value,
                value.Sign.Interpret(value.Value, months)
            ) by value.Sign;
        var order = VitalSigns.Measured.Append(VitalSigns.BodyMass).ToList();
        return new(
            read,
            [
                .. readings
                    .Select(series => new Series(series.Key, [.. series]))
                    .OrderBy(series => order.IndexOf(series.Sign)),
            ]
        );
    }

    private static IEnumerable<(VitalSign Sign, decimal Value)> Values(Observation observation)
    {
        IEnumerable<(CodeableConcept? Code, DataType? Value)> parts =
        [
            (observation.Code, observation.Value),
            .. observation.Component.Select(part =>
                ((CodeableConcept?)part.Code, (DataType?)part.Value)
            ),
        ];
        foreach (var (code, value) in parts)
        {
            if (
                VitalSigns.ByLoinc(code?.Coding.FirstOrDefault()?.Code) is { } sign
                && (value as Quantity)?.Value is { } number
            )
            {
                yield return (sign, number);
            }
        }
    }

    /// <summary>The chart of one sign; the pale band is the ordinary range at the newest age.</summary>
    public static Chart Draw(Series series, int? months)
    {
        var points = series
            .Readings.Select(one => new ChartPoint(
                one.At.VietnamDay().DayNumber + one.At.InVietnam().TimeOfDay.TotalDays,
                (double)one.Value,
                $"{one.At.Text()}: {one.Value.ToString("0.##", T.Vietnamese)} {series.Sign.Unit}{MarkText(one.Mark)}",
                one.Mark is "L" or "H"
            ))
            .ToList();
        var band = series.Sign.OrdinaryAt(months);
        return new Chart(
            $"vital-{series.Sign.Key}",
            $"{series.Sign.Name} ({series.Sign.Unit})",
            T.Of(
                $"{points.Count} lần đo, lần cuối {points[^1].Text}; {points.Count(point => point.Out)} lần ngoài giới hạn.",
                $"{points.Count} measurements, the last {points[^1].Text}; {points.Count(point => point.Out)} out of range."
            ),
            [new ChartLine("data", points)],
            ChartTime.Days(series.Readings[0].At.VietnamDay(), series.Readings[^1].At.VietnamDay()),
            band is null ? null : ((double)band.Low, (double)band.High)
        );
    }

    public static string MarkText(string? mark) =>
        mark switch
        {
            "H" => T.Of(" ▲ cao", " ▲ high"),
            "L" => T.Of(" ▼ thấp", " ▼ low"),
            _ => "",
        };
}
