using System.Text;
using Npgsql;
using SharedKernel.Persistence;

namespace Testing;

/// <summary>Everything that a database holds, as a thief of its disk would read it.</summary>
public static class DatabaseBytes
{
    /// <summary>SQLite: the bytes of all files, also those not yet taken in from the log. PostgreSQL: every table as COPY writes it.</summary>
    /// <returns>By file or table; bytes as Latin-1, so that a text in ASCII is found in them.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> Read(
        DatabaseOptions database,
        CancellationToken cancel = default
    ) =>
        database.Provider switch
        {
            DatabaseProvider.Sqlite => Directory
                .EnumerateFiles(database.Connection, "*.db*")
                .ToDictionary(file => Path.GetFileName(file), FileText),
            DatabaseProvider.Postgres => await Tables(database.Connection, cancel),
            _ => throw new NotSupportedException($"{database.Provider} is not read here."),
        };

    private static string FileText(string file)
    {
        using var open = new FileStream(
            file,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        using var text = new StreamReader(open, Encoding.Latin1);
        return text.ReadToEnd();
    }

    private static async Task<IReadOnlyDictionary<string, string>> Tables(
        string connection,
        CancellationToken cancel
    )
    {
        await using var open = new NpgsqlConnection(connection);
        await open.OpenAsync(cancel);
        var names = new List<string>();
        await using (
            var command = new NpgsqlCommand(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
                open
            )
        )
        {
            await using var rows = await command.ExecuteReaderAsync(cancel);
            while (await rows.ReadAsync(cancel))
            {
                names.Add(rows.GetString(0));
            }
        }
        var tables = new Dictionary<string, string>();
        foreach (var name in names)
        {
            using var text = await open.BeginTextExportAsync($"COPY {name} TO STDOUT", cancel);
            tables[name] = await text.ReadToEndAsync(cancel);
        }
        return tables;
    }
}
