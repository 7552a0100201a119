using System.Globalization;
using System.Text.Json;
using SharedKernel.Ui;

namespace Health.Emr.Station.Chronic;

/// <summary>A disease that a station keeps a register of (<c>Station/Data/chronic-registers.json</c>).</summary>
/// <param name="Icd10">Categories of three characters; their subdivisions belong to them.</param>
/// <param name="WindowMonths">A person without a measurement for so long is lost to follow-up.</param>
/// <param name="Measures">On target by the latest of them.</param>
public sealed record ChronicDisease(
    string Code,
    string Vietnamese,
    string English,
    IReadOnlyList<string> Icd10,
    int WindowMonths,
    IReadOnlyList<ChronicMeasure> Measures,
    string Source,
    bool NeedsVerification
)
{
    public static IReadOnlyList<ChronicDisease> All { get; } = Load();

    public string Name => T.Of(Vietnamese, English);

    /// <summary>Every code of the categories, as records carry them: <c>E11</c>, <c>E11.0</c> … <c>E11.9</c>.</summary>
    public IEnumerable<string> Codes =>
        Icd10.SelectMany(category =>
            Enumerable.Range(0, 10).Select(digit => $"{category}.{digit}").Prepend(category)
        );

    private static IReadOnlyList<ChronicDisease> Load()
    {
        using var data = typeof(ChronicDisease).Assembly.GetManifestResourceStream(
            "Health.Emr.Station.Data.chronic-registers.json"
        )!;
        return JsonSerializer.Deserialize<File>(data, JsonSerializerOptions.Web)!.Registers;
    }

    private sealed record File(IReadOnlyList<ChronicDisease> Registers);
}

/// <param name="Below">On target below this.</param>
/// <param name="BelowSecond">Of a blood pressure: the diastolic below this too.</param>
public sealed record ChronicMeasure(
    string Key,
    string Loinc,
    string Vietnamese,
    string English,
    string Unit,
    decimal Below,
    decimal? BelowSecond = null
)
{
    public string Name => T.Of(Vietnamese, English);

    public Reading Read(DateOnly on, decimal value, decimal? second) =>
        new(
            on,
            value < Below && (BelowSecond is null || second < BelowSecond),
            second is null
                ? $"{value.ToString("0.#", CultureInfo.InvariantCulture)} {Unit}"
                : $"{value:0}/{second:0}",
            Key
        );
}

/// <param name="Text">As read to people: <c>150/90</c>, <c>8.1 mmol/L</c>.</param>
public sealed record Reading(DateOnly On, bool OnTarget, string Text, string Measure);
