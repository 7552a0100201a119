using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using CsvHelper;
using SharedKernel.Contracts;

namespace Education.OneRoster.Csv;

/// <summary>One row, by the names of its columns.</summary>
/// <param name="Line">Line in the file; the header is 1.</param>
internal sealed record CsvRow(
    CsvTable Table,
    int Line,
    IReadOnlyDictionary<string, int> Places,
    string[] Values
)
{
    public string SourcedId => this["sourcedId"];

    /// <summary>Empty when the column is absent.</summary>
    public string this[string column] =>
        Places.TryGetValue(column, out var place) && place < Values.Length
            ? Values[place].Trim()
            : "";

    public IEnumerable<string> List(string column) =>
        this[column]
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public DateOnly? Date(string column) =>
        CsvTable.TryDate(this[column], out var date) ? date : null;

    public FieldError Error(string column, string message) =>
        new($"{Table.Name}.csv, row {Line}, column {column}", message);
}

/// <summary>The files of a OneRoster package, in a folder or a zip; rows stream, no file lies in memory.</summary>
internal sealed class CsvPackage : IDisposable
{
    private const string Manifest = "manifest.csv";

    private static readonly CsvReaderOptions Csv = new()
    {
        Separator = ',',
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    private readonly ZipArchive? zip;
    private bool is11;
    private readonly Dictionary<string, Func<Stream>> files = new(StringComparer.Ordinal);

    public CsvPackage(string path)
    {
        if (Directory.Exists(path))
        {
            foreach (var file in Directory.EnumerateFiles(path, "*.csv"))
            {
                files[Path.GetFileName(file)] = () => File.OpenRead(file);
            }
            return;
        }
        zip = ZipFile.OpenRead(path);
        foreach (var entry in zip.Entries.Where(entry => entry.FullName == entry.Name))
        {
            files[entry.Name] = entry.Open;
        }
    }

    public int FileCount => files.Count;

    public bool Has(string table) => files.ContainsKey(table + ".csv");

    public static bool Looks(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                return File.Exists(Path.Combine(path, Manifest));
            }
            if (!path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) || !File.Exists(path))
            {
                return false;
            }
            using var zip = ZipFile.OpenRead(path);
            return zip.GetEntry(Manifest) is not null;
        }
        catch (Exception error)
            when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>SHA-256 over the names and bytes of all files.</summary>
    public async Task<string> Hash(CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        foreach (var (name, open) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            await using var stream = open();
            hash.AppendData(Encoding.UTF8.GetBytes(name + "\n"));
            int read;
            while ((read = await stream.ReadAsync(buffer, cancel)) > 0)
            {
                hash.AppendData(buffer, 0, read);
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <exception cref="InvalidInput">The manifest is not one of a OneRoster 1.2 or 1.1 bulk package.</exception>
    public IReadOnlyDictionary<string, string> ReadManifest()
    {
        var table = new CsvTable("manifest", [new("propertyName", Required: true), new("value")]);
        var properties = new Dictionary<string, string>();
        var errors = new List<FieldError>();
        foreach (var row in Rows(table))
        {
            if (!properties.TryAdd(row["propertyName"], row["value"]))
            {
                errors.Add(row.Error("propertyName", $"'{row["propertyName"]}' is there twice"));
            }
        }
        Expect("manifest.version", "1.0");
        is11 = properties.GetValueOrDefault("oneroster.version") == "1.1";
        if (!is11)
        {
            Expect("oneroster.version", "1.2");
        }
        foreach (
            var name in CsvTable
                .Read.Select(known => known.Name)
                .Concat(CsvTable.NotRead)
                .Where(name => !is11 || !CsvTable.Since12.Contains(name))
        )
        {
            var state = properties.GetValueOrDefault($"file.{name}");
            var fault = state switch
            {
                "bulk" when !Has(name) => $"says bulk, but there is no {name}.csv",
                "absent" when Has(name) => $"says absent, but there is a {name}.csv",
                "delta" => "delta packages are not taken, only bulk",
                "bulk" or "absent" => null,
                null => "is missing; every file is named, as bulk or absent",
                _ => $"'{state}' is neither bulk nor absent",
            };
            if (fault is not null)
            {
                errors.Add(new($"manifest.csv, file.{name}", fault));
            }
        }
        return errors.Count == 0 ? properties : throw new InvalidInput(errors);

        void Expect(string property, string value)
        {
            if (properties.GetValueOrDefault(property) != value)
            {
                errors.Add(new($"manifest.csv, {property}", $"must be {value}"));
            }
        }
    }

    /// <summary>The rows of a file, one at a time; none when the file is absent.</summary>
    /// <exception cref="InvalidInput">The file is not CSV in UTF-8, or its header lacks a required column or has an unknown one.</exception>
    public IEnumerable<CsvRow> Rows(CsvTable table) =>
        !is11 ? RowsOf(table)
        : table == CsvTable.Roles ? RolesOfUsers()
        : RowsOf(CsvTable.Of11(table));

    /// <summary>The file of roles that 1.1 has not, made from its users.</summary>
    private IEnumerable<CsvRow> RolesOfUsers()
    {
        string[] columns = ["sourcedId", "userSourcedId", "roleType", "role", "orgSourcedId"];
        var places = columns.Select((name, i) => (name, i)).ToDictionary(of => of.name, of => of.i);
        foreach (var user in RowsOf(CsvTable.Of11(CsvTable.Users)))
        {
            foreach (var (org, i) in user.List("orgSourcedIds").Select((org, i) => (org, i)))
            {
                // Who administers something here has no part in a record; 1.2 calls them by what they administer.
                var role = user["role"] == "administrator" ? "siteAdministrator" : user["role"];
                yield return new CsvRow(
                    CsvTable.Roles,
                    user.Line,
                    places,
                    [
                        $"{user.SourcedId}.{i + 1}",
                        user.SourcedId,
                        i == 0 ? "primary" : "secondary",
                        role,
                        org,
                    ]
                );
            }
        }
    }

    private IEnumerable<CsvRow> RowsOf(CsvTable table)
    {
        if (!files.TryGetValue(table.Name + ".csv", out var open))
        {
            yield break;
        }
        using var text = new StreamReader(open(), new UTF8Encoding(false, true));
        using var csv = CsvReader.Create(text, Csv, leaveOpen: true);
        string[] header = [.. Guard(table, csv, () => csv.Headers)];
        if (header.Length == 0)
        {
            throw new InvalidInput($"{table.Name}.csv", "the file is empty");
        }
        var places = Header(table, is11 ? [.. header.Select(CsvTable.NameOf11)] : header);
        while (Guard(table, csv, csv.Read))
        {
            var line = (int)csv.LineNumber;
            if (csv.FieldCount != header.Length)
            {
                throw new InvalidInput(
                    $"{table.Name}.csv, row {line}",
                    $"has {csv.FieldCount} values under {header.Length} columns"
                );
            }
            yield return new CsvRow(table, line, places, csv.Current.ToArray());
        }
    }

    public void Dispose() => zip?.Dispose();

    private static T Guard<T>(CsvTable table, CsvReader csv, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidInput(
                $"{table.Name}.csv, after row {csv.LineNumber}",
                "is not UTF-8; save the file as CSV UTF-8"
            );
        }
        catch (CsvFormatException error)
        {
            throw new InvalidInput(
                $"{table.Name}.csv, row {error.LineNumber}",
                "is not valid CSV; look for a quotation mark that is not closed"
            );
        }
    }

    private static Dictionary<string, int> Header(CsvTable table, string[] header)
    {
        var places = new Dictionary<string, int>();
        var errors = new List<FieldError>();
        for (var i = 0; i < header.Length; i++)
        {
            var name = header[i].Trim();
            var known =
                table.Columns.Any(column => column.Name == name)
                || name.StartsWith("metadata.", StringComparison.Ordinal);
            if (!known)
            {
                errors.Add(new($"{table.Name}.csv, column {name}", "there is no such column"));
            }
            else if (!places.TryAdd(name, i))
            {
                errors.Add(new($"{table.Name}.csv, column {name}", "the column is there twice"));
            }
        }
        errors.AddRange(
            table
                .Columns.Where(column => column.Required && !places.ContainsKey(column.Name))
                .Select(column => new FieldError(
                    $"{table.Name}.csv, column {column.Name}",
                    "the column is missing"
                ))
        );
        return errors.Count == 0 ? places : throw new InvalidInput(errors);
    }
}
