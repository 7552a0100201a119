using System.Text.Json;

namespace Interop.Registries.Forms;

/// <summary>
/// A statistics form as the law has it for some years: rows, columns and filters as data. Which one counts a period is decided by the
/// period's last day; a new circular is a new file beside the old one. The files lie in <c>Forms/Data</c>.
/// </summary>
/// <param name="Form">Name over all editions: <c>form-14</c>.</param>
/// <param name="Number">As printed in the corner: <c>Biểu: 14/BCT</c>.</param>
/// <param name="Code">For identifiers in DHIS2, ADX and FHIR: <c>BIEU14</c>.</param>
/// <param name="Facts">What is counted: <c>visits</c>, <c>deaths</c> or <c>immunizations</c>.</param>
/// <param name="RowsOf"><c>icd10</c>: a row for each chapter and each category that occurs, beside <see cref="Rows"/>.</param>
/// <param name="Measures">LOINC codes of the measurements that its filters ask about.</param>
/// <param name="DueDays">Working days after the period within which it is due.</param>
/// <param name="NeedsVerification">What of it was not checked against the official text; null when all was.</param>
public sealed record FormDefinition(
    string Form,
    string Number,
    string Code,
    string Title,
    string English,
    DateOnly ValidFrom,
    DateOnly? ValidTo,
    string Law,
    string Source,
    string? NeedsVerification,
    string Facts,
    IReadOnlyList<string> Heads,
    IReadOnlyList<FormRow> Rows,
    IReadOnlyList<FormColumn> Columns,
    IReadOnlyList<FormRule> Rules,
    int DueDays,
    string? RowsOf = null,
    IReadOnlyList<string>? Measures = null
)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    private static readonly Lazy<IReadOnlyList<FormDefinition>> Loaded = new(Load);

    public static IReadOnlyList<FormDefinition> All => Loaded.Value;

    /// <summary>The edition in force on <paramref name="day"/>; the first one for days before any.</summary>
    public static FormDefinition On(string form, DateOnly day)
    {
        var editions = All.Where(one => one.Form == form).OrderBy(one => one.ValidFrom).ToList();
        return editions.LastOrDefault(one => one.ValidFrom <= day) ?? editions[0];
    }

    private static List<FormDefinition> Load()
    {
        var assembly = typeof(FormDefinition).Assembly;
        var forms = new List<FormDefinition>();
        foreach (
            var name in assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith("Forms.", StringComparison.Ordinal))
        )
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            forms.Add(JsonSerializer.Deserialize<FormDefinition>(stream, Web)!);
        }
        return forms;
    }
}

/// <param name="No">As printed: <c>5.1a</c>.</param>
/// <param name="Where">Null: a heading, or an item for which no record tells; its cells stay empty.</param>
public sealed record FormRow(string No, string Name, Condition? Where = null, string? Code = null);

/// <param name="N">Number printed under the heads, from 1.</param>
/// <param name="Heads">From the outermost to the innermost; neighbours with the same ones share a cell.</param>
/// <param name="Of">What one is: <c>records</c>, or <c>people</c> to count each person once.</param>
public sealed record FormColumn(
    int N,
    IReadOnlyList<string> Heads,
    Condition Where,
    string Of = "records"
)
{
    public string Name => $"c{N}";
}

/// <summary>What the figures of every row must fulfil: <c>part</c> ≤ <c>whole</c>, or <c>zero</c> in rows of <c>icd</c>.</summary>
/// <param name="Less">A column that must not exceed <paramref name="Whole"/>; with <paramref name="Minus"/> their difference.</param>
public sealed record FormRule(
    string Text,
    string? Part = null,
    string? Whole = null,
    string? Zero = null,
    string? Minus = null,
    string? Icd = null
);
