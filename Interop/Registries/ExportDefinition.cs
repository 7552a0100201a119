using System.Text.Json.Nodes;
using Quartz;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Interop.Registries;

/// <summary>A text in both languages, in the reader's when it is written out.</summary>
public sealed record Words(string Vietnamese, string English)
{
    public override string ToString() => T.Of(Vietnamese, English);
}

/// <summary>What the engine knows of an export without running it.</summary>
/// <param name="Name">As in <c>job run</c> and in file names.</param>
/// <param name="Needs">The part of the system whose data it reads; without it the export is not offered.</param>
/// <param name="Cron">When it runs by itself, in Viet Nam's time (Quartz cron, with seconds).</param>
/// <param name="Law">What asks for it.</param>
public sealed record ExportDefinition(
    string Name,
    Words Title,
    Part Needs,
    PeriodKind Period,
    string Cron,
    Words Schedule,
    string Law,
    Type Export
)
{
    /// <summary>IANA name, because a stored trigger names its zone.</summary>
    internal static readonly TimeZoneInfo Vietnam = TimeZoneInfo.FindSystemTimeZoneById(
        "Asia/Ho_Chi_Minh"
    );

    public DateTimeOffset? NextRun(DateTimeOffset after) =>
        new CronExpression(Cron, Vietnam).GetNextValidTimeAfter(after);
}

/// <summary>
/// One export: its period, its columns and its query over the Contracts of the services. The engine writes the files, keeps the
/// ledger and runs it on schedule. Adding one is this class and a line in <see cref="RegistriesModule"/>.
/// </summary>
public interface IExport
{
    static abstract ExportDefinition Definition { get; }

    IReadOnlyList<ExportColumn> Columns { get; }

    /// <summary>The rows in a stable order: the same records give the same rows.</summary>
    Task<IReadOnlyList<ExportRow>> Query(
        Period period,
        ExportInput input,
        CancellationToken cancel
    );

    /// <summary>Where one number comes from; <paramref name="row"/> is a row of the JSON file.</summary>
    CellSource SourceOf(Period period, JsonObject row, string column);

    /// <summary>The sheet, where it must look like an authority's form; null for the plain table.</summary>
    byte[]? Sheet(ExportContext context) => null;

    /// <summary>Files beside the JSON and the sheet, by format (see <see cref="ExportFormats"/>); the same rows give the same bytes.</summary>
    IEnumerable<(string Format, byte[] Content)> MoreFiles(ExportContext context) => [];

    /// <summary>The figures that are compared with those of earlier periods; the counts of the last total row unless told.</summary>
    IReadOnlyDictionary<string, double> TotalsOf(IReadOnlyList<ExportRow> rows)
    {
        var total = rows.LastOrDefault(row => row.IsTotal);
        return Columns
            .Index()
            .Where(column => column.Item.IsCount && total?.Values[column.Index] is long)
            .ToDictionary(
                column => column.Item.Name,
                column => (double)(long)total!.Values[column.Index]!
            );
    }

    /// <summary>The records behind one number as they are now, for those who may see them; null where only counts are known.</summary>
    Task<IReadOnlyList<string>?> RecordsBehind(
        Period period,
        JsonObject row,
        string column,
        CancellationToken cancel
    ) => Task.FromResult<IReadOnlyList<string>?>(null);
}

/// <param name="Complete">False while the period is not over: the figures are provisional.</param>
public sealed record ExportContext(
    ExportDefinition Definition,
    Period Period,
    bool Complete,
    IReadOnlyList<ExportRow> Rows
);

/// <param name="Name">Field name in the JSON file.</param>
/// <param name="Width">In characters, on the sheet.</param>
/// <param name="Group">Heading over neighbours of the same group.</param>
/// <param name="IsCount">A number that comes from records, and so leads back to them.</param>
public sealed record ExportColumn(
    string Name,
    Words Title,
    double Width,
    Words? Group = null,
    bool IsCount = true,
    string NumberFormat = "#,##0"
);

/// <param name="Values">string, long, double or null, in the order of the columns.</param>
public sealed record ExportRow(IReadOnlyList<object?> Values, bool IsTotal = false);

/// <param name="Input">Which records are read, as a search or a call that can be repeated.</param>
/// <param name="Filter">Which of them the number counts, in words.</param>
public sealed record CellSource(string Input, string Filter);

/// <summary>What a run has read: tells later whether the records have changed since.</summary>
public sealed class ExportInput
{
    public long Records { get; private set; }

    /// <summary>The newest change among the records.</summary>
    public DateTimeOffset? Latest { get; private set; }

    public void Saw(DateTimeOffset? changed = null)
    {
        Records++;
        Latest = changed > Latest || Latest is null ? changed ?? Latest : Latest;
    }
}

/// <summary>The exports that can run here, by name.</summary>
public sealed class ExportCatalogue(
    IEnumerable<ExportDefinition> definitions,
    Composition composition
)
{
    public IReadOnlyList<ExportDefinition> All { get; } =
    [.. definitions.Where(export => composition.Parts.Contains(export.Needs))];

    /// <exception cref="NotFound">There is none of that name; says which there are.</exception>
    public ExportDefinition Get(string name) =>
        All.FirstOrDefault(export => export.Name == name)
        ?? throw new NotFound(
            $"Export '{name}' (there are: {string.Join(", ", All.Select(export => export.Name))})"
        );
}
