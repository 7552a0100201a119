using System.Globalization;
using System.Reflection;

namespace Health.Emr.Prescriptions;

/// <param name="Ingredients">INN; several are joined with <c> + </c>.</param>
/// <param name="Unit">In which it is counted on the prescription: <c>viên</c>, <c>chai 60 ml</c>.</param>
/// <param name="DoseUnit">In which a dose is counted: <c>viên</c>, <c>ml</c>, <c>giọt</c>.</param>
/// <param name="DosesPerUnit">How many dose units one unit holds: 60 ml a bottle.</param>
/// <param name="Dose">Offered first, as are the times a day, the days and the timing.</param>
public sealed record Drug(
    string Code,
    string Ingredients,
    string? Brand,
    string Strength,
    string Form,
    string Unit,
    string DoseUnit,
    decimal DosesPerUnit,
    string Route,
    ControlClass Class,
    string Atc,
    decimal Dose,
    int Times,
    int Days,
    string Timing
)
{
    public bool HasSeveralIngredients => Ingredients.Contains(" + ", StringComparison.Ordinal);

    /// <summary>
    /// As the circular wants it (Art. 6): one ingredient by its INN, with the brand in brackets if wanted; several by the brand,
    /// and where there is none, by all of them.
    /// </summary>
    public string Name =>
        (HasSeveralIngredients, Brand) switch
        {
            (true, { } brand) => $"{brand} ({Ingredients})",
            (false, { } brand) => $"{Ingredients} ({brand})",
            _ => Ingredients,
        };

    public string NameWithStrength => $"{Name} {Strength}";

    /// <summary>Dose × times × days in whole units, rounded up: a bottle cannot be halved.</summary>
    public int QuantityFor(decimal dose, int times, int days) =>
        (int)Math.Ceiling(dose * times * days / DosesPerUnit);
}

/// <summary>The drugs that can be prescribed. A demo list; see Data/README.md.</summary>
public static class DrugCatalogue
{
    public static readonly IReadOnlyList<Drug> All = [.. Rows("drugs-demo.tsv").Select(Read)];

    private static readonly Dictionary<string, Drug> ByCode = All.ToDictionary(drug => drug.Code);

    public static Drug? Find(string? code) => code is null ? null : ByCode.GetValueOrDefault(code);

    private static Drug Read(string[] row) =>
        new(
            row[0],
            row[1],
            row[2].Length > 0 ? row[2] : null,
            row[3],
            row[4],
            row[5],
            row[6],
            decimal.Parse(row[7], CultureInfo.InvariantCulture),
            row[8],
            ControlClassNames.OfLetter(row[9][0]),
            row[10],
            decimal.Parse(row[11], CultureInfo.InvariantCulture),
            int.Parse(row[12], CultureInfo.InvariantCulture),
            int.Parse(row[13], CultureInfo.InvariantCulture),
            row[14]
        );

    /// <summary>Rows of a table beside this file, without its head.</summary>
    internal static IEnumerable<string[]> Rows(string file)
    {
        using var stream = Assembly
            .GetExecutingAssembly()
            .GetManifestResourceStream($"Health.Emr.Prescriptions.Data.{file}")!;
        using var reader = new StreamReader(stream);
        _ = reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            yield return line.Split('\t');
        }
    }
}
