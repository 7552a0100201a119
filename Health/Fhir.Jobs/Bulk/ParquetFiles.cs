using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace Health.Fhir.Jobs.Bulk;

/// <summary>
/// An export's NDJSON files again as Parquet (https://parquet.apache.org), one row a resource: what most questions begin with in columns
/// of their own, and the resource whole as JSON text, so that the same five columns fit every type and version. A row group is as large
/// as its bytes allow.
/// </summary>
public static class ParquetFiles
{
    public const string ContentType = "application/vnd.apache.parquet";

    private const int GroupBytes = 8 << 20;

    private static readonly DataField<string>[] Columns =
    [
        new("id", nullable: false),
        new("version", nullable: true),
        new("last_updated", nullable: true),
        // Reference to the person it is about, such as Patient/12.
        new("patient", nullable: true),
        new("resource", nullable: false),
    ];

    /// <summary>
    /// The list of files with each NDJSON file of the section replaced. The new ones get numbers of their own: a run that is broken off
    /// finds the old ones as its checkpoint says, and makes these again.
    /// </summary>
    public static async Task<IReadOnlyList<JobFile>> Of(
        JobRun run,
        IReadOnlyList<JobFile> files,
        string section,
        CancellationToken cancel
    )
    {
        var made = new List<JobFile>();
        foreach (var file in files)
        {
            if (file.Section != section)
            {
                made.Add(file);
                continue;
            }
            var number = files.Count + file.Number;
            await Convert(run.FileOf(file.Number), run.FileOf(number), cancel);
            made.Add(
                file with
                {
                    Number = number,
                    Bytes = new FileInfo(run.FileOf(number)).Length,
                    ContentType = ContentType,
                }
            );
        }
        return made;
    }

    private static async Task Convert(string ndjson, string parquet, CancellationToken cancel)
    {
        await using var target = File.Create(parquet);
        await using (
            var writer = await ParquetWriter.CreateAsync(
                new ParquetSchema([.. Columns]),
                target,
                cancellationToken: cancel
            )
        )
        {
            var rows = new List<string?[]>();
            var bytes = 0;
            await foreach (var line in File.ReadLinesAsync(ndjson, cancel))
            {
                rows.Add(Row(line));
                bytes += line.Length;
                if (bytes >= GroupBytes)
                {
                    await Group(writer, rows);
                    bytes = 0;
                }
            }
            if (rows.Count > 0)
            {
                await Group(writer, rows);
            }
        }
        target.Flush(flushToDisk: true);
    }

    private static async Task Group(ParquetWriter writer, List<string?[]> rows)
    {
        using var group = writer.CreateRowGroup();
        for (var at = 0; at < Columns.Length; at++)
        {
            await group.WriteAsync(
                Columns[at],
                (IReadOnlyCollection<string>)rows.ConvertAll(row => row[at])!
            );
        }
        group.CompleteValidate();
        rows.Clear();
    }

    private static string?[] Row(string line)
    {
        using var json = JsonDocument.Parse(line);
        var resource = json.RootElement;
        var id = Text(resource, "id");
        var meta = resource.TryGetProperty("meta", out var found) ? found : default;
        return
        [
            id ?? "",
            Text(meta, "versionId"),
            Text(meta, "lastUpdated"),
            Text(resource, "resourceType") == "Patient" ? $"Patient/{id}" : PatientOf(resource),
            line,
        ];
    }

    /// <summary>By the elements that most types of the Patient's compartment have.</summary>
    private static string? PatientOf(JsonElement resource) =>
        new[] { "subject", "patient", "beneficiary" }
            .Select(name =>
                resource.TryGetProperty(name, out var one) ? Text(one, "reference") : null
            )
            .FirstOrDefault(reference =>
                reference?.StartsWith("Patient/", StringComparison.Ordinal) == true
            );

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;
}
