using System.Text.Json;
using System.Text.Json.Serialization;
using SharedKernel.Contracts;

namespace Education.LearningRecords.Assessment;

/// <param name="Periods">Teaching periods a year, by grade.</param>
/// <param name="OptionalFrom">Grade from which pupils choose it; null where it is compulsory.</param>
public sealed record Subject(
    string Code,
    string Name,
    string English,
    AssessmentKind Kind,
    IReadOnlyDictionary<int, int> Periods,
    int? OptionalFrom = null
)
{
    public bool IsCompulsory(int grade) => OptionalFrom is null || grade < OptionalFrom;

    /// <summary>Primary school gives every subject a level; from grade 6 on a subject is scored or commented on.</summary>
    public AssessmentKind KindIn(int grade) =>
        Kind is not AssessmentKind.Trait && grade <= Circular27.LastGrade
            ? AssessmentKind.Level
            : Kind;
}

/// <summary>
/// The subjects of the 2018 general education programme with their annual periods by grade (Circular 32/2018/TT-BGDĐT, as
/// amended by 13/2022), which decide how many regular marks a subject has. The figures are in gdpt2018.json.
/// </summary>
public static class SubjectCatalogue
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
    };

    private static readonly CatalogueFile File = Load();

    private static readonly Dictionary<string, Subject> ByCode = File.Subjects.ToDictionary(
        subject => subject.Code
    );

    public static IReadOnlyList<Subject> All => File.Subjects;

    public static Subject? Find(string code) => ByCode.GetValueOrDefault(code);

    public static IEnumerable<Subject> OfGrade(int grade) =>
        File.Subjects.Where(subject => subject.Periods.ContainsKey(grade));

    /// <summary>
    /// The subject that a title means, with or without diacritics and with or without the grade behind it:
    /// <c>Toán 6</c>, <c>Ngu van</c>.
    /// </summary>
    public static Subject? FindByTitle(string title, int grade)
    {
        var wanted = title.WithoutDiacritics().Trim();
        var withoutGrade = wanted.EndsWith(" " + grade, StringComparison.Ordinal)
            ? wanted[..^(grade.ToString().Length + 1)].Trim()
            : wanted;
        return OfGrade(grade)
            .FirstOrDefault(subject =>
                subject.Name.WithoutDiacritics() is var name
                && (name == wanted || name == withoutGrade)
            );
    }

    private static CatalogueFile Load()
    {
        using var stream = typeof(SubjectCatalogue).Assembly.GetManifestResourceStream(
            "Education.LearningRecords.Assessment.gdpt2018.json"
        )!;
        return JsonSerializer.Deserialize<CatalogueFile>(stream, Json)!;
    }

    private sealed record CatalogueFile(string Source, IReadOnlyList<Subject> Subjects);
}

public static class CatalogueOrder
{
    private static readonly Dictionary<string, int> Place = SubjectCatalogue
        .All.Select((subject, place) => (subject.Code, place))
        .ToDictionary(entry => entry.Code, entry => entry.place);

    /// <summary>The order in which every học bạ lists its subjects.</summary>
    public static IEnumerable<Schools.ClassSubject> InCatalogueOrder(
        this IEnumerable<Schools.ClassSubject> subjects
    ) => subjects.OrderBy(subject => Place.GetValueOrDefault(subject.Subject, int.MaxValue));
}
