using System.Text.Json;

namespace Health.Emr.Station.Surveillance;

/// <summary>Diseases that the law wants to hear of (<c>Station/Data/notifiable-diseases.json</c>).</summary>
/// <param name="Classifications">Code of the surveillance system → possible, suspected, confirmed by laboratory.</param>
public sealed record NotifiableDiseases(
    string Source,
    DateOnly ValidFrom,
    bool NeedsVerification,
    IReadOnlyDictionary<string, string> Classifications,
    IReadOnlyList<NotifiableDisease> Diseases
)
{
    public static NotifiableDiseases Current { get; } = Load();

    /// <summary>By an ICD-10 code; of two that fit the one that names it more exactly. Null when it is not to be told.</summary>
    public NotifiableDisease? Of(string? icd10) =>
        icd10 is null
            ? null
            : Diseases
                .Where(disease => disease.Icd10.Any(code => Fits(icd10, code)))
                .MaxBy(disease =>
                    disease.Icd10.Where(code => Fits(icd10, code)).Max(code => code.Length)
                );

    private static bool Fits(string icd10, string code) =>
        icd10 == code || icd10.StartsWith(code + ".", StringComparison.Ordinal);

    private static NotifiableDiseases Load()
    {
        using var data = typeof(NotifiableDiseases).Assembly.GetManifestResourceStream(
            "Health.Emr.Station.Data.notifiable-diseases.json"
        )!;
        return JsonSerializer.Deserialize<NotifiableDiseases>(data, JsonSerializerOptions.Web)!;
    }
}

/// <param name="Id">Of the national surveillance system.</param>
/// <param name="Hours">Within how many a case is told; null: in the monthly report only.</param>
public sealed record NotifiableDisease(
    string Id,
    string Vietnamese,
    IReadOnlyList<string> Icd10,
    int? Hours
)
{
    /// <summary>Every code of it, as records carry them.</summary>
    public IEnumerable<string> Codes =>
        Icd10.SelectMany(code =>
            code.Contains('.', StringComparison.Ordinal)
                ? [code]
                : Enumerable.Range(0, 10).Select(digit => $"{code}.{digit}").Prepend(code)
        );
}
