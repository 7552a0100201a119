using Health.Fhir.Terminology.Diseases;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.Terminology;

/// <summary>
/// Why a code may not be given to this person in this place: annexes A1 (dagger and asterisk), A2 (never primary), A3 (ages) and
/// A4 (sex) of the ministry's ICD-10 decision of 26/10/2020.
/// </summary>
public static class Icd10Rules
{
    /// <summary>An annex A3.n: the ages its codes are for. "Over N years" holds from the N-th birthday on.</summary>
    private sealed record AgeBand(int Annex, Age From, Age To, string Vietnamese, string English)
    {
        public bool Holds(DateOnly birth, DateOnly on) =>
            birth.AddDays(From.Days).AddYears(From.Years) <= on
            && on < birth.AddYears(To.Years).AddDays(To.Days);
    }

    private readonly record struct Age(int Years, int Days = 0)
    {
        public static readonly Age Birth = new(0);
        public static readonly Age Any = new(200);

        /// <summary>Still true on the last day of that year of life: "to 2 years" ends with the third birthday.</summary>
        public static Age ToYear(int years) => new(years + 1);
    }

    private static readonly AgeBand[] Bands =
    [
        new(1, Age.Birth, new(0, 366), "0–365 ngày tuổi", "0–365 days"),
        new(2, Age.Birth, Age.ToYear(2), "0 ngày – 2 tuổi", "0 days – 2 years"),
        new(3, Age.Birth, Age.ToYear(10), "0 ngày – 10 tuổi", "0 days – 10 years"),
        new(4, Age.Birth, Age.ToYear(19), "0 ngày – 19 tuổi", "0 days – 19 years"),
        new(5, new(0, 28), Age.Any, "trên 27 ngày tuổi", "over 27 days"),
        new(6, new(1), Age.Any, "từ 1 tuổi", "1 year and over"),
        new(7, new(8), Age.ToYear(19), "8–19 tuổi", "8–19 years"),
        new(8, new(9), Age.ToYear(60), "9–60 tuổi", "9–60 years"),
        new(9, new(15), Age.Any, "trên 15 tuổi", "over 15 years"),
        new(10, new(30), Age.Any, "trên 30 tuổi", "over 30 years"),
    ];

    /// <param name="primary">Whether it is to be the main diagnosis.</param>
    /// <param name="beside">The other codes of the same visit.</param>
    /// <returns>Why it is refused, in the reader's language; empty when it is fine.</returns>
    public static IReadOnlyList<string> Check(
        Icd10Code code,
        bool primary,
        Sex sex,
        PartialDate? birth,
        DateOnly on,
        IReadOnlyCollection<string> beside
    )
    {
        var refused = new List<string>();
        if (primary && code.NotPrimary)
        {
            refused.Add(
                T.Of(
                    $"{code.Code} không dùng làm bệnh chính (phụ lục A2).",
                    $"{code.Code} may not be the primary diagnosis (annex A2)."
                )
            );
        }
        if (code.OnlySex is { } only && sex is not Sex.Unknown && sex != only)
        {
            refused.Add(
                T.Of(
                    $"{code.Code} chỉ dùng cho giới {only.Text().ToLowerInvariant()} (phụ lục A4).",
                    $"{code.Code} is for the {only.Text().ToLowerInvariant()} sex only (annex A4)."
                )
            );
        }
        foreach (var band in Bands.Where(band => code.AgeBands.Contains(band.Annex)))
        {
            // A birth known to the year is refused only when no day of that year fits.
            if (birth is { } born && !band.Holds(born.First, on) && !band.Holds(born.Last, on))
            {
                refused.Add(
                    T.Of(
                        $"{code.Code} chỉ dùng cho tuổi {band.Vietnamese} (phụ lục A3.{band.Annex}).",
                        $"{code.Code} is for ages {band.English} only (annex A3.{band.Annex})."
                    )
                );
            }
        }
        if (code.IsAsterisk && !code.Daggers.Intersect(beside).Any())
        {
            var some = string.Join(", ", code.Daggers.Take(6));
            var more = code.Daggers.Count > 6 ? "…" : "";
            refused.Add(
                T.Of(
                    $"{code.Code} là mã (*), phải đi cùng mã bệnh gốc (†): {some}{more} (phụ lục A1).",
                    $"{code.Code} is an asterisk code and needs its dagger code beside it: {some}{more} (annex A1)."
                )
            );
        }
        return refused;
    }
}
