using System.Globalization;
using Health.Emr.Patients;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;

namespace Health.Emr.DecisionSupport;

/// <summary>How pregnancy and kidney function stand in a record: LOINC codes of results, ICD-10 codes of diagnoses.</summary>
public static class ClinicalCodes
{
    /// <summary>Estimated glomerular filtration, by whichever formula the laboratory uses.</summary>
    private static readonly string[] Egfr =
    [
        "98979-8",
        "62238-1",
        "33914-3",
        "69405-9",
        "48642-3",
        "48643-1",
        "88293-6",
        "77147-7",
    ];

    private const string CreatinineMass = "2160-0"; // mg/dL
    private const string CreatinineMolar = "14682-9"; // µmol/L
    private const string Height = "8302-2";
    private const string PregnancyStatus = "82810-3";
    private const string DeliveryDate = "11778-8";
    private const string GestationalAge = "49051-6";
    private const int DaysToTerm = 280;
    private const int WeeksAtMost = 43;

    /// <summary>In LOINC's answer list and in SNOMED CT.</summary>
    private static readonly string[] Pregnant = ["LA15173-0", "77386006"];

    /// <summary>The results above as the value of a search parameter <c>code</c>.</summary>
    public static readonly string ResultSearch = string.Join(
        ',',
        (
            (string[])
                [
                    .. Egfr,
                    CreatinineMass,
                    CreatinineMolar,
                    Height,
                    PregnancyStatus,
                    DeliveryDate,
                    GestationalAge,
                ]
        ).Select(code => $"{VnCore.Loinc}|{code}")
    );

    /// <param name="results">Newest first.</param>
    /// <returns>Null when nothing says that she is pregnant, or what said so must have ended.</returns>
    public static PregnancyFact? PregnancyOf(
        IReadOnlyList<Observation> results,
        IReadOnlyList<string> diagnoses,
        DateOnly today
    )
    {
        var status = results.FirstOrDefault(result => Is(result, PregnancyStatus));
        var saysYes = status?.Value is CodeableConcept { Coding: [var code, ..] }
            ? Pregnant.Contains(code.Code)
            : (bool?)null;
        var week = WeekBy(results, today);
        if (saysYes == false || week > WeeksAtMost)
        {
            return null;
        }
        return saysYes == true || week is not null || diagnoses.Any(IsOfPregnancy)
            ? new PregnancyFact(week)
            : null;
    }

    /// <param name="results">Newest first.</param>
    public static KidneyFact? KidneyOf(IReadOnlyList<Observation> results, Sex sex, int? years)
    {
        foreach (var result in results)
        {
            if (result.Value is not Quantity { Value: { } value })
            {
                continue;
            }
            var day = DayOf(result);
            if (Egfr.Any(code => Is(result, code)))
            {
                return new KidneyFact(value, day);
            }
            var micromoles =
                Is(result, CreatinineMolar) ? value
                : Is(result, CreatinineMass) ? value * 88.42m
                : (decimal?)null;
            if (
                micromoles is { } creatinine
                && Kidneys.Egfr(creatinine, sex is Sex.Female, years, HeightOf(results))
                    is { } computed
            )
            {
                return new KidneyFact(computed, day);
            }
        }
        return null;
    }

    private static decimal? HeightOf(IReadOnlyList<Observation> results) =>
        (results.FirstOrDefault(result => Is(result, Height))?.Value as Quantity)?.Value;

    private static int? WeekBy(IReadOnlyList<Observation> results, DateOnly today)
    {
        var due =
            from result in results
            from value in (DataType?[])
                [
                    Is(result, DeliveryDate) ? result.Value : null,
                    .. result
                        .Component.Where(part => Is(part.Code, DeliveryDate))
                        .Select(part => part.Value),
                ]
            select Moment(value);
        if (due.OfType<DateOnly?>().FirstOrDefault() is { } term)
        {
            return (DaysToTerm - (term.DayNumber - today.DayNumber)) / 7;
        }
        return
            results.FirstOrDefault(result => Is(result, GestationalAge))
                is { Value: Quantity { Value: { } weeks } } measured
            && DayOf(measured) is { } then
            ? (int)weeks + (today.DayNumber - then.DayNumber) / 7
            : null;
    }

    /// <summary>Chapter XV without what comes after birth, and supervision of a pregnancy (Z33–Z35).</summary>
    private static bool IsOfPregnancy(string icd) =>
        icd is ['O', _, _, ..] && string.CompareOrdinal(icd[..3], "O85") < 0
        || icd is ['Z', '3', '3' or '4' or '5', ..];

    private static bool Is(Observation result, string loinc) => Is(result.Code, loinc);

    private static bool Is(CodeableConcept? coded, string loinc) =>
        coded?.Coding.Exists(code => code.System == VnCore.Loinc && code.Code == loinc) == true;

    private static DateOnly? DayOf(Observation result) => Moment(result.Effective);

    private static DateOnly? Moment(DataType? time) =>
        time switch
        {
            FhirDateTime => ReadPatientSummary.When(time).InVietnam().VietnamDay(),
            Date date
                when DateOnly.TryParse(date.Value, CultureInfo.InvariantCulture, out var day) =>
                day,
            _ => null,
        };
}
