using System.Globalization;
using System.IO.Compression;
using System.Text;
using Education.OneRoster.Rest;

namespace Education.OneRoster.Csv;

/// <summary>Writes the files of a OneRoster 1.2 CSV package into a zip, row by row, in the order of columns that the binding gives.</summary>
internal sealed class PackageWriter(ZipArchive zip, bool delta)
{
    public async Task Manifest(CancellationToken cancel)
    {
        await using var entry = await Open("manifest", cancel);
        await using var text = Writer(entry);
        await text.WriteAsync(
            "propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.2\r\n"
        );
        foreach (
            var (name, state) in CsvTable
                .Read.Select(table => (table.Name, delta ? "delta" : "bulk"))
                .Concat(CsvTable.NotRead.Select(name => (name, "absent")))
                .OrderBy(file => file.Item1, StringComparer.Ordinal)
        )
        {
            await text.WriteAsync($"file.{name},{state}\r\n");
        }
        await text.WriteAsync("source.systemName,Records\r\n");
    }

    /// <param name="values">Of all columns after sourcedId, status and dateLastModified.</param>
    public async Task Write<TThing>(
        CsvTable table,
        IAsyncEnumerable<TThing> things,
        Func<TThing, string?[]> values,
        CancellationToken cancel
    )
        where TThing : Thing
    {
        await using var entry = await Open(table.Name, cancel);
        await using var text = Writer(entry);
        await text.WriteAsync(
            string.Join(',', table.Columns.Select(column => column.Name)) + "\r\n"
        );
        await foreach (var thing in things.WithCancellation(cancel))
        {
            // A bulk file says nothing of what has changed: the standard wants both blank.
            string?[] row =
            [
                thing.SourcedId,
                delta ? thing.Status : null,
                delta
                    ? thing.DateLastModified.UtcDateTime.ToString(
                        "yyyy-MM-ddTHH:mm:ss.fffZ",
                        CultureInfo.InvariantCulture
                    )
                    : null,
                .. values(thing),
            ];
            if (row.Length != table.Columns.Count)
            {
                throw new InvalidOperationException(
                    $"{table.Name} has {table.Columns.Count} columns, not {row.Length}."
                );
            }
            await text.WriteAsync(string.Join(',', row.Select(Escaped)) + "\r\n");
        }
    }

    private Task<Stream> Open(string name, CancellationToken cancel) =>
        zip.CreateEntry(name + ".csv", CompressionLevel.Fastest).OpenAsync(cancel);

    private static StreamWriter Writer(Stream entry) =>
        new(
            entry,
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            1 << 16,
            leaveOpen: true
        );

    private static string Escaped(string? value) =>
        value is null ? ""
        : value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"")}\""
        : value;
}
