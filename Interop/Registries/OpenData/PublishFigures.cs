using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Interop.Registries.Sending;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Interop.Registries.OpenData;

/// <summary>
/// Outpatient visits of a month by ICD-10 chapter, sex and age as open data: what somebody approved, with small counts hidden so that they cannot be computed from
/// the rest (<see cref="SmallCells"/>). The setting <c>OpenData:{dataset}:SmallCells</c> says up to which count; 10 unless told.
/// </summary>
public sealed class PublishFigures(
    RegistriesDb db,
    ExportFolder folder,
    IConfiguration configuration
) : IFeature, IOpenDatasets
{
    public const string Dataset = "outpatient-morbidity";
    public const int DefaultThreshold = 10;

    private static readonly SnapshotState[] Public =
    [
        SnapshotState.Approved,
        SnapshotState.Sent,
        SnapshotState.Acknowledged,
    ];

    private static readonly string[] Ages = ["0", "1_4", "5_14", "15_59", "60"];

    private static readonly string[] Columns =
    [
        .. Ages.Select(age => $"male_{age}"),
        .. Ages.Select(age => $"female_{age}"),
        "other",
        "visits",
    ];

    /// <param name="Cells">Null where it is hidden; the last row and the last column are totals.</param>
    public sealed record Table(
        Period Period,
        int Version,
        int Threshold,
        IReadOnlyList<string> Columns,
        IReadOnlyList<(string Code, string Name)> Rows,
        long?[,] Cells
    );

    /// <exception cref="NotFound">The month is not published.</exception>
    public async Task<Table> Run(string month, CancellationToken cancel)
    {
        var period = Period.Parse(PeriodKind.Month, month);
        var snapshot =
            await Published()
                .Where(row => row.Period == period.ToString())
                .OrderByDescending(row => row.Version)
                .FirstOrDefaultAsync(cancel)
            ?? throw new NotFound(T.Of($"Số liệu {period.Title}", $"Figures of {period.Title}"));
        var file = await db
            .Files.AsNoTracking()
            .SingleAsync(
                row =>
                    row.Export == Dataset
                    && row.Period == snapshot.Period
                    && row.Version == snapshot.Version
                    && row.Format == "json",
                cancel
            );
        var figures = JsonNode.Parse(await folder.Read(file, cancel))!;
        var rows = figures["rows"]!
            .AsArray()
            .Select(row => row!)
            .Where(row => (string?)row["level"] is "Chương" or "Tổng")
            .ToList();
        var counts = new long[rows.Count, Columns.Length];
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 0; column < Columns.Length; column++)
            {
                counts[row, column] = (long)rows[row][Columns[column]]!;
            }
        }
        var threshold = configuration.GetValue($"OpenData:{Dataset}:SmallCells", DefaultThreshold);
        var hidden = SmallCells.Hide(counts, threshold);
        var cells = new long?[rows.Count, Columns.Length];
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 0; column < Columns.Length; column++)
            {
                cells[row, column] = hidden[row, column] ? null : counts[row, column];
            }
        }
        return new(
            period,
            snapshot.Version,
            threshold,
            Columns,
            [.. rows.Select(row => ((string?)row["code"] ?? "", (string)row["name"]!))],
            cells
        );
    }

    public async Task<IReadOnlyList<OpenDataset>> List(CancellationToken cancel = default)
    {
        var published = await Published()
            .OrderByDescending(row => row.Period)
            .Take(120)
            .Select(row => new { row.Period, row.PreparedAt })
            .ToListAsync(cancel);
        return
        [
            .. from row in published
            let period = Period.Parse(PeriodKind.Month, row.Period)
            select new OpenDataset(
                $"{Dataset}-{row.Period}",
                $"Lượt khám ngoại trú theo chương ICD-10, {period.First:MM/yyyy}",
                "Lượt khám ngoại trú theo chương ICD-10, giới và nhóm tuổi. Số nhỏ được ẩn để không ai bị nhận ra.",
                "/open-data/health",
                "HEAL",
                row.PreparedAt,
                period.First,
                period.Last,
                [
                    new($"/open-data/health/{Dataset}/{row.Period}.json", "application/json"),
                    new($"/open-data/health/{Dataset}/{row.Period}.csv", "text/csv"),
                ]
            ),
        ];
    }

    private IQueryable<Snapshot> Published() =>
        db
            .Snapshots.AsNoTracking()
            .Where(row => row.Export == Dataset && row.Complete && Public.Contains(row.State));

    internal static JsonObject Json(Table table) =>
        new()
        {
            ["dataset"] = Dataset,
            ["period"] = table.Period.ToString(),
            ["version"] = table.Version,
            ["licence"] = "https://creativecommons.org/licenses/by/4.0/",
            ["suppressed"] =
                $"Counts of 1 to {table.Threshold} are null, and others with which they could be computed; 0 is shown.",
            ["rows"] = new JsonArray([
                .. table
                    .Rows.Index()
                    .Select(row =>
                    {
                        var one = new JsonObject
                        {
                            ["code"] = row.Item.Code,
                            ["name"] = row.Item.Name,
                        };
                        foreach (var (index, column) in table.Columns.Index())
                        {
                            one[column] = table.Cells[row.Index, index];
                        }
                        return (JsonNode)one;
                    }),
            ]),
        };

    /// <summary>RFC 4180; a hidden count is empty.</summary>
    internal static byte[] Csv(Table table)
    {
        var text = new StringBuilder("code,name," + string.Join(',', table.Columns) + "\r\n");
        foreach (var (index, row) in table.Rows.Index())
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{row.Code},\"{row.Name.Replace("\"", "\"\"")}\""
            );
            for (var column = 0; column < table.Columns.Count; column++)
            {
                text.Append(CultureInfo.InvariantCulture, $",{table.Cells[index, column]}");
            }
            text.Append("\r\n");
        }
        return [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text.ToString())];
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                $"/open-data/health/{Dataset}/{{month}}.{{format}}",
                async (
                    string month,
                    string format,
                    HttpResponse response,
                    PublishFigures publish,
                    CancellationToken cancel
                ) =>
                {
                    response.Headers.AccessControlAllowOrigin = "*";
                    var table = await publish.Run(month, cancel);
                    return format switch
                    {
                        "json" => Results.Text(
                            Json(table).ToJsonString(),
                            "application/json",
                            Encoding.UTF8
                        ),
                        "csv" => Results.File(
                            Csv(table),
                            "text/csv; charset=utf-8; header=present",
                            $"{Dataset}-{month}.csv"
                        ),
                        _ => throw new NotFound($"The format {format}"),
                    };
                }
            )
            .AllowAnonymous();
}
