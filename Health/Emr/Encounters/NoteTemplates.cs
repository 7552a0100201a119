using System.Reflection;
using System.Text.Json;
using SharedKernel.Ui;

namespace Health.Emr.Encounters;

/// <param name="FromMonths">Offered from this age on.</param>
/// <param name="ToMonths">Offered below this age.</param>
public sealed record NoteTemplate(
    string Id,
    string Vietnamese,
    string English,
    string? History,
    string? Examination,
    string? Plan,
    int? FromMonths = null,
    int? ToMonths = null
)
{
    public string Name => T.Of(Vietnamese, English);
}

/// <summary>Texts to start a note from; the page carries those for the patient's age, so putting one in asks no server.</summary>
public static class NoteTemplates
{
    private static readonly Lazy<IReadOnlyList<NoteTemplate>> All = new(() =>
    {
        using var stream = Assembly
            .GetExecutingAssembly()
            .GetManifestResourceStream("Health.Emr.Encounters.Data.note-templates.json")!;
        return JsonSerializer.Deserialize<NoteTemplate[]>(stream, JsonSerializerOptions.Web)!;
    });

    /// <param name="months">Age; null when it is not known.</param>
    public static IEnumerable<NoteTemplate> At(int? months) =>
        All.Value.Where(template =>
            (template.FromMonths is not { } from || months is null || from <= months)
            && (template.ToMonths is not { } to || (months ?? int.MaxValue) < to)
        );
}
