using System.Globalization;
using System.Reflection;

namespace Health.Emr.DecisionSupport;

/// <summary>The tables in Data/, each told of in its README.</summary>
internal static class DecisionTable
{
    /// <summary>Rows of a table, without its head.</summary>
    public static IEnumerable<string[]> Rows(string file)
    {
        using var stream = Assembly
            .GetExecutingAssembly()
            .GetManifestResourceStream($"Health.Emr.DecisionSupport.Data.{file}")!;
        using var reader = new StreamReader(stream);
        _ = reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            yield return line.Split('\t');
        }
    }

    public static decimal? Number(string text) =>
        text.Length == 0 ? null : decimal.Parse(text, CultureInfo.InvariantCulture);

    public static int? Whole(string text) =>
        text.Length == 0 ? null : int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>From when to when a row of a table holds, and where it stands.</summary>
/// <param name="NeedsVerification">The value was reported, not read in the source itself.</param>
internal sealed record Validity(DateOnly From, DateOnly? To, bool NeedsVerification, string Source)
{
    public bool Holds(DateOnly on) => From <= on && (To is null || on <= To);

    /// <summary>The last four columns of a row: <c>validFrom validTo needsVerification source</c>.</summary>
    public static Validity Of(string[] row) =>
        new(Day(row[^4])!.Value, Day(row[^3]), row[^2] == "yes", row[^1]);

    private static DateOnly? Day(string text) =>
        text.Length == 0
            ? null
            : DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
