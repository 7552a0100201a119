using System.Diagnostics;
using Interop.Host;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SharedKernel.Citizens;
using SharedKernel.Citizens.Lookup;
using SharedKernel.Citizens.Places;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Persistence;
using SharedKernel.Persistence.Sealing;

namespace Benchmarks;

/// <summary>
/// <c>look-up [sqlite|postgres] [people]</c>: fills a register with so many generated people (1,000,000 if none is said) and asks "who does
/// this look like?" 2,000 times as a counter does: blocks from the database, weights, reasons, audit row. PostgreSQL is the database that
/// RECORDS_BENCHMARK_POSTGRES names, empty or of an earlier run.
/// </summary>
public static class CitizenLookUp
{
    private const int LookUps = 2000;
    private const int Batch = 5000;

    public static async Task Run(string[] options)
    {
        var postgres = options.Contains("postgres");
        var count = options.Select(text => int.TryParse(text, out var n) ? n : 0).Append(0).Max();
        count = count == 0 ? 1_000_000 : count;
        var folder = Directory.CreateTempSubdirectory("records-look-up-").FullName;
        try
        {
            var database = postgres
                ? new DatabaseOptions(
                    DatabaseProvider.Postgres,
                    Environment.GetEnvironmentVariable("RECORDS_BENCHMARK_POSTGRES")
                        ?? throw new InvalidOperationException(
                            "RECORDS_BENCHMARK_POSTGRES must name an empty database."
                        )
                )
                : new(DatabaseProvider.Sqlite, folder);
            await using var app = RecordsApp.Build(
                new HostOptions(new HashSet<Part>(), database, "http://127.0.0.1:0", true)
                {
                    DataFolder = folder,
                },
                RecordsApp.Quietly
            );
            await RecordsApp.Migrate(app.Services);
            var records = Array.ConvertAll(
                Linkage.Kept(count, new AdministrativeUnits()),
                record => record.Details
            );
            var clock = Stopwatch.StartNew();
            if (!await IsFilled(app.Services))
            {
                await Fill(app.Services, database, records);
            }
            var filled = clock.Elapsed;
            Console.WriteLine(
                $"{database.Provider}, {count:N0} people, filled in {filled.TotalSeconds:F0} s; {await Measure(app.Services, records)}"
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> Measure(IServiceProvider services, CitizenDetails[] records)
    {
        using var process = Process.GetCurrentProcess();
        var times = new List<double>(LookUps);
        var found = 0;
        var cpu = TimeSpan.Zero;
        for (var i = 0; i < LookUps; i++)
        {
            if (i == LookUps / 10)
            {
                // Those before compiled the code.
                process.Refresh();
                cpu = process.TotalProcessorTime;
                times.Clear();
            }
            await using var scope = services.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
            var match = scope.ServiceProvider.GetRequiredService<MatchCitizens>();
            var details = records[(int)((long)i * records.Length / LookUps)];
            var start = Stopwatch.GetTimestamp();
            found += (await match.Run(details, 5)).Count > 0 ? 1 : 0;
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        process.Refresh();
        var each = (process.TotalProcessorTime - cpu).TotalMilliseconds / times.Count;
        times.Sort();
        return $"look-up p50 {times[times.Count / 2]:F1} ms, p95 {times[times.Count * 95 / 100]:F1} ms, p99 {times[times.Count * 99 / 100]:F1} ms, "
            + $"{each:F1} ms CPU of the server each; {100.0 * found / LookUps:F1} % found themselves or somebody like them";
    }

    /// <summary>A database of an earlier run with the same number of people is measured again.</summary>
    private static async Task<bool> IsFilled(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<CitizensDb>().MatchKeys.AnyAsync();
    }

    private static async Task Fill(
        IServiceProvider services,
        DatabaseOptions database,
        CitizenDetails[] records
    )
    {
        var (keys, vault) = (
            services.GetRequiredService<MatchModel>().Keys,
            services.GetRequiredService<Vault>()
        );
        // Nothing of before: a look-up need not ask for plain hashes too.
        vault.Ring.NoteResealed(CitizensDb.SchemaName, vault.Ring.Keys[^1].Id);
        var blocks = new List<(long Key, Guid Citizen)>(records.Length * 12);
        var taken = new HashSet<string>();
        foreach (var batch in records.Chunk(Batch))
        {
            await using var scope = services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CitizensDb>();
            db.ChangeTracker.AutoDetectChangesEnabled = false;
            foreach (var details in batch)
            {
                // One holder a number, as in a real register; a double has lost its own.
                var told = details with
                {
                    PersonalId = details.PersonalId is { } own && taken.Add(own) ? own : null,
                };
                var person = Row(told, vault);
                db.Add(person);
                blocks.AddRange(keys.Of(told).Select(key => (key, person.Id.Value)));
            }
            await db.SaveChangesAsync();
        }
        blocks.Sort();
        if (database.Provider is DatabaseProvider.Postgres)
        {
            await Copy(database, blocks);
        }
        else
        {
            Insert(database, blocks);
        }
    }

    private static Person Row(CitizenDetails details, Vault vault)
    {
        var person = new Person
        {
            Id = CitizenId.New(),
            FullName = details.FullName,
            NameKey = "",
            BirthDate = details.BirthDate,
            Sex = details.Sex,
            Phone = details.Phone,
            Address = details.Address,
            CommuneCode = details.CommuneCode,
            Temporary = details.Temporary,
            RegisteredAt = DateTimeOffset.UnixEpoch,
        };
        (IdentifierKind, string?)[] numbers =
        [
            (IdentifierKind.PersonalId, details.PersonalId),
            (IdentifierKind.Insurance, details.InsuranceNumber),
        ];
        foreach (var (kind, value) in numbers)
        {
            if (value is not null)
            {
                person.Identifiers.Add(
                    Identifier.Of(
                        vault,
                        person.Id,
                        kind,
                        value,
                        IdentifierUse.Usual,
                        DateTimeOffset.UnixEpoch
                    )
                );
            }
        }
        return person;
    }

    private static void Insert(DatabaseOptions database, List<(long, Guid)> blocks)
    {
        using var connection = Providers.Connect(database, CitizensDb.SchemaName);
        connection.Open();
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO match_key (Key, Citizen) VALUES (@key, @citizen)";
        var (key, citizen) = (command.CreateParameter(), command.CreateParameter());
        (key.ParameterName, citizen.ParameterName) = ("@key", "@citizen");
        command.Parameters.Add(key);
        command.Parameters.Add(citizen);
        foreach (var (hash, id) in blocks)
        {
            (key.Value, citizen.Value) = (hash, id);
            command.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    private static async Task Copy(DatabaseOptions database, List<(long, Guid)> blocks)
    {
        await using var connection = new NpgsqlConnection(database.Connection);
        await connection.OpenAsync();
        await using (
            var copy = await connection.BeginBinaryImportAsync(
                $"COPY {CitizensDb.SchemaName}.match_key (\"Key\", \"Citizen\") FROM STDIN BINARY"
            )
        )
        {
            // Its end waits for every row's foreign key to be checked.
            copy.Timeout = TimeSpan.FromHours(1);
            foreach (var (hash, id) in blocks)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(hash);
                await copy.WriteAsync(id);
            }
            await copy.CompleteAsync();
        }
        await using var analyze = new NpgsqlCommand("ANALYZE", connection) { CommandTimeout = 0 };
        await analyze.ExecuteNonQueryAsync();
    }
}
