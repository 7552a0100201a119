using SharedKernel.Contracts;

namespace SharedKernel.Citizens.Places;

/// <param name="Code">Two digits.</param>
/// <param name="From">First day on which the code meant this; null for "long before".</param>
/// <param name="Until">Last day; null while it holds.</param>
public sealed record Province(string Code, string Name, DateOnly? From, DateOnly? Until);

/// <param name="Code">Five digits.</param>
/// <param name="District">Until 30 June 2025 only.</param>
public sealed record Commune(
    string Code,
    string Name,
    string? District,
    Province Province,
    DateOnly? From,
    DateOnly? Until
)
{
    /// <summary><c>Phường Ba Đình, Thành phố Hà Nội</c>, as the picker shows and reads it.</summary>
    public string FullName =>
        string.Join(", ", new[] { Name, District, Province.Name }.OfType<string>());
}

/// <summary>
/// Provinces and communes of Viet Nam now and before 1 July 2025, when 63 provinces became 34 and 10,033 communes 3,321 (Resolution
/// 202/2025/QH15, Decision 19/2025/QĐ-TTg). Codes were kept and given new meanings, so a code is always read with its date.
/// </summary>
public sealed class AdministrativeUnits
{
    /// <summary>First day of the present units.</summary>
    public static readonly DateOnly Reform = new(2025, 7, 1);

    private const int MostFound = 50;

    private readonly Dictionary<string, Province> provinces;
    private readonly Dictionary<string, Province> provincesBefore;
    private readonly Dictionary<string, Commune> communes;
    private readonly Dictionary<string, Commune> communesBefore = [];
    private readonly Dictionary<string, string[]> successors = [];
    private readonly List<(string Words, Commune Commune)> searchable;
    private readonly List<(string Words, Commune Commune)> searchableBefore;

    public AdministrativeUnits()
    {
        var rows = Rows("provinces")
            .ToLookup(
                row => row[3].Length == 0,
                row => new Province(row[0], row[1], Day(row[2]), Day(row[3]))
            );
        provinces = rows[true].ToDictionary(province => province.Code);
        provincesBefore = rows[false].ToDictionary(province => province.Code);
        communes = Rows("communes")
            .Select(row => new Commune(row[0], row[2], null, provinces[row[1]], Reform, null))
            .ToDictionary(commune => commune.Code);
        foreach (var row in Rows("communes-before"))
        {
            communesBefore[row[0]] = new(
                row[0],
                row[3],
                row[2],
                provincesBefore[row[1]],
                null,
                Reform.AddDays(-1)
            );
            successors[row[0]] = row[4].Split(';');
        }
        searchable =
        [
            .. communes.Values.Select(commune => (' ' + Plain(commune.FullName), commune)),
        ];
        searchableBefore =
        [
            .. communesBefore.Values.Select(commune => (' ' + Plain(commune.FullName), commune)),
        ];
    }

    /// <summary>The provinces on a day, by code.</summary>
    public IReadOnlyList<Province> Provinces(DateOnly at) =>
        [.. (at < Reform ? provincesBefore : provinces).Values];

    /// <summary>What the code meant on that day; null when nothing.</summary>
    public Province? Province(string code, DateOnly at) =>
        (at < Reform ? provincesBefore : provinces).GetValueOrDefault(code);

    /// <inheritdoc cref="Province(string, DateOnly)"/>
    public Commune? Commune(string code, DateOnly at) =>
        (at < Reform ? communesBefore : communes).GetValueOrDefault(code);

    /// <summary>What a commune of before the reform is now: one, or several when it was divided and people with it.</summary>
    public IReadOnlyList<Commune> Now(Commune before)
    {
        var now = successors.GetValueOrDefault(before.Code, []);
        // Where all people went to one of the parts, an address of a person lies there.
        var people = Array.FindAll(now, successor => successor.EndsWith('='));
        return
        [
            .. (people.Length == 1 ? people : now).Select(code => communes[code.TrimEnd('=', '~')]),
        ];
    }

    /// <summary>
    /// The code in force for a code without a date: itself while it is one, else its only successor; null if there are several
    /// or none.
    /// </summary>
    public string? CommuneNow(string code) =>
        communes.ContainsKey(code) ? code
        : communesBefore.TryGetValue(code, out var before) && Now(before) is [var only] ? only.Code
        : null;

    /// <summary>Present communes by beginnings of words of commune and province, in any order, with or without diacritics.</summary>
    public IReadOnlyList<Commune> Search(string text, string? province, int limit) =>
        Search(searchable, text, province, limit);

    /// <summary>The same among the communes of before July 2025, which people still type; their district counts too.</summary>
    public IReadOnlyList<Commune> SearchBefore(string text, int limit) =>
        Search(searchableBefore, text, null, limit);

    private static IReadOnlyList<Commune> Search(
        List<(string Words, Commune Commune)> among,
        string text,
        string? province,
        int limit
    )
    {
        var words = Plain(text)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => ' ' + word)
            .ToList();
        return words.Count == 0 && province is null
            ? []
            :
            [
                .. among
                    .Where(entry => province is null || entry.Commune.Province.Code == province)
                    .Where(entry =>
                        words.TrueForAll(word =>
                            entry.Words.Contains(word, StringComparison.Ordinal)
                        )
                    )
                    // The name itself before what has more words.
                    .OrderBy(entry => entry.Words.Length)
                    .ThenBy(entry => entry.Commune.Code, StringComparer.Ordinal)
                    .Take(Math.Clamp(limit, 1, MostFound))
                    .Select(entry => entry.Commune),
            ];
    }

    /// <summary>The commune that was typed or picked: its code, its full name, or words that only one commune has; else null.</summary>
    public Commune? Read(string text) =>
        communes.GetValueOrDefault(text.Trim()) ?? Read(searchable, text);

    /// <summary>The commune of before July 2025 whose full name, or words that only it has, were typed; else null.</summary>
    public Commune? ReadBefore(string text) => Read(searchableBefore, text);

    private static Commune? Read(List<(string Words, Commune Commune)> among, string text)
    {
        var plain = ' ' + Plain(text);
        return among.Find(entry => entry.Words == plain).Commune
            ?? (Search(among, text, null, 2) is [var only] ? only : null);
    }

    private static string Plain(string text) =>
        string.Join(
            ' ',
            text.WithoutDiacritics()
                .Split([' ', ',', '.', '-', '|'], StringSplitOptions.RemoveEmptyEntries)
        );

    private static DateOnly? Day(string text) =>
        text.Length == 0
            ? null
            : DateOnly.ParseExact(
                text,
                "yyyy-MM-dd",
                System.Globalization.CultureInfo.InvariantCulture
            );

    private static IEnumerable<string[]> Rows(string file)
    {
        using var stream = typeof(AdministrativeUnits).Assembly.GetManifestResourceStream(
            $"Places.{file}.tsv"
        )!;
        using var reader = new StreamReader(stream);
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            yield return line.Split('\t');
        }
    }
}
