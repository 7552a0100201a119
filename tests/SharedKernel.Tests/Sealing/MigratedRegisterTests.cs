using System.Data.Common;
using Interop.Host;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Citizens;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Persistence;
using SharedKernel.Persistence.Sealing;
using Testing;

namespace SharedKernel.Tests.Sealing;

/// <summary>A register of the version before numbers were sealed is brought to the present schema with its people in it.</summary>
public sealed class MigratedRegisterTests : IDisposable
{
    private const string PersonalId = "001180654321";
    private const string Phone = "0915 654 321";

    private readonly TestDatabase database = new();

    [Fact]
    public async Task People_of_before_are_found_and_then_sealed()
    {
        await using var app = RecordsApp.Build(
            new HostOptions(new HashSet<Part>(), database.Options, "http://127.0.0.1:0", Open: true)
            {
                DataFolder = database.Folder,
            },
            RecordsApp.Quietly
        );
        await using var scope = app.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        services.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        var db = services.GetRequiredService<CitizensDb>();
        var before = db
            .Database.GetMigrations()
            .Single(name => name.EndsWith("_OnePerson", StringComparison.Ordinal));
        await db.GetService<IMigrator>()
            .MigrateAsync(before, TestContext.Current.CancellationToken);
        var id = CitizenId.New();
        await Insert(id);

        await RecordsApp.Migrate(app.Services, TestContext.Current.CancellationToken);
        var found = await services.GetRequiredService<FindCitizens>().Run(PersonalId);
        Assert.Equal(
            (id, PersonalId, Phone),
            (found!.Id, found.Details.PersonalId, found.Details.Phone)
        );

        Assert.True(await services.GetRequiredService<Reseal>().Run(default) > 0);
        var number = await db
            .Identifiers.AsNoTracking()
            .SingleAsync(TestContext.Current.CancellationToken);
        Assert.Equal(PersonalId, number.Value);
        Assert.NotEqual(PersonalId, number.Key);
        Assert.True(Vault.IsSealed(number.Sealed!));
        found = await services.GetRequiredService<FindCitizens>().Run(PersonalId);
        Assert.Equal((id, Phone), (found!.Id, found.Details.Phone));
    }

    private async Task Insert(CitizenId id)
    {
        await using var connection = Providers.Connect(database.Options, CitizensDb.SchemaName);
        await connection.OpenAsync();
        var isSqlite = database.Options.Provider is DatabaseProvider.Sqlite;
        var schema = isSqlite ? "" : "citizens.";
        object now = isSqlite
            ? DateTimeOffset.UnixEpoch.UtcTicks
            : DateTimeOffset.UnixEpoch.UtcDateTime;
        await Run(
            connection,
            $"""
            INSERT INTO {schema}person ("Id", "FullName", "NameKey", "Sex", "Phone", "Temporary", "RegisteredAt", "Version")
            VALUES (@id, 'Lê Thị Xưa', 'le thi xua', 'Female', '{Phone}', 'None', @now, 0)
            """,
            id,
            now
        );
        await Run(
            connection,
            $"""
            INSERT INTO {schema}identifier ("Citizen", "Kind", "Value", "Use", "From")
            VALUES (@id, 'PersonalId', '{PersonalId}', 0, @now)
            """,
            id,
            now
        );
    }

    private static async Task Run(DbConnection connection, string sql, CitizenId id, object now)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in new[] { ("@id", (object)id.Value), ("@now", now) })
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
        await command.ExecuteNonQueryAsync();
    }

    public void Dispose() => database.Dispose();
}
