using System.Globalization;

namespace Health.Emr.Prescriptions;

/// <summary>For how many days a drug may be prescribed, by its class and what it is for, on the day of prescribing.</summary>
/// <param name="BatchDays">The days are split in consecutive batches of at most so many; null for one.</param>
/// <param name="NeedsVerification">The value was reported, not read in the official text.</param>
public sealed record PrescriptionLimit(
    ControlClass Class,
    string Course,
    int MaxDays,
    int? BatchDays,
    DateOnly ValidFrom,
    DateOnly? ValidTo,
    bool NeedsVerification,
    string Source
);

/// <summary>The dated limits of TT 26/2025/TT-BYT, and the diseases of its annex VII.</summary>
public sealed class PrescriptionLimits
{
    private const string LongTerm = "longterm";

    private readonly List<PrescriptionLimit> limits =
    [
        .. DrugCatalogue
            .Rows("limits.tsv")
            .Select(row => new PrescriptionLimit(
                ControlClassNames.OfLetter(row[0][0]),
                row[1],
                int.Parse(row[2], CultureInfo.InvariantCulture),
                row[3].Length > 0 ? int.Parse(row[3], CultureInfo.InvariantCulture) : null,
                Day(row[4])!.Value,
                Day(row[5]),
                row[6] == "yes",
                row[7]
            )),
    ];

    private readonly List<(string Code, DateOnly From, DateOnly? To)> longTermDiseases;

    /// <param name="ownDiseases">An installation's own rows of annex VII, in the form of long-term-diseases.tsv.</param>
    public PrescriptionLimits(IEnumerable<string[]>? ownDiseases = null) =>
        longTermDiseases = [
            .. DrugCatalogue
                .Rows("long-term-diseases.tsv")
                .Concat(ownDiseases ?? [])
                .Select(row => (row[0], Day(row[1])!.Value, Day(row[2]))),
        ];

    /// <summary>Reads <c>catalogues/long-term-diseases.tsv</c> of the data folder, when there is one.</summary>
    public static PrescriptionLimits FromFolder(string folder)
    {
        var file = Path.Combine(folder, "catalogues", "long-term-diseases.tsv");
        return new(
            File.Exists(file) ? File.ReadLines(file).Skip(1).Select(line => line.Split('\t')) : null
        );
    }

    /// <returns>Null when the law has no row: the class may not be given for this course.</returns>
    public PrescriptionLimit? Find(
        ControlClass kind,
        Course course,
        IEnumerable<string> diagnoses,
        DateOnly on
    )
    {
        var wanted =
            kind is ControlClass.Common
            && course is Course.Chronic
            && diagnoses.Any(code => IsLongTerm(code, on))
                ? LongTerm
                : Wanted(kind, course);
        return limits.Find(limit =>
            limit.Class == kind
            && limit.Course == wanted
            && limit.ValidFrom <= on
            && (limit.ValidTo is null || on <= limit.ValidTo)
        );
    }

    /// <summary>A course that the law does not name for a class falls back on its stricter one.</summary>
    private static string Wanted(ControlClass kind, Course course) =>
        (kind, course) switch
        {
            (ControlClass.Narcotic, Course.CancerPain) => "cancerpain",
            (ControlClass.Narcotic, _) => "acute",
            (ControlClass.Psychotropic, Course.Acute) => "acute",
            (_, Course.Acute) => "acute",
            _ => "chronic",
        };

    private bool IsLongTerm(string diagnosis, DateOnly on) =>
        longTermDiseases.Exists(disease =>
            diagnosis.StartsWith(disease.Code, StringComparison.OrdinalIgnoreCase)
            && disease.From <= on
            && (disease.To is null || on <= disease.To)
        );

    private static DateOnly? Day(string text) =>
        text.Length == 0
            ? null
            : DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
