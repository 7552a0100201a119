using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Persistence;
using Testing;

namespace SharedKernel.Tests;

public sealed class DatabaseTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    [Fact]
    public async Task Every_module_has_migrated_to_its_present_model()
    {
        await using var scope = server.Scope();
        foreach (var database in server.Services.GetServices<ModuleDatabase>())
        {
            var db = (DbContext)scope.ServiceProvider.GetRequiredService(database.Context);
            Assert.False(db.Database.HasPendingModelChanges(), database.Schema);
            Assert.Empty(await db.Database.GetPendingMigrationsAsync());
        }
    }

    [Fact]
    public void The_suite_runs_on_SQL_Server_when_a_server_is_named() =>
        Assert.SkipWhen(
            Environment.GetEnvironmentVariable("RECORDS_TEST_SQLSERVER") is null,
            "No SQL Server: set RECORDS_TEST_SQLSERVER to a connection string and tests/run takes the suite there too."
        );

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    [InlineData(DatabaseProvider.SqlServer)]
    public void Every_module_carries_the_migrations_of_every_provider(DatabaseProvider provider)
    {
        foreach (var database in server.Services.GetServices<ModuleDatabase>())
        {
            var type = database
                .Context.Assembly.GetTypes()
                .Single(type =>
                    type.IsSubclassOf(database.Context)
                    && type.Name.EndsWith(provider.ToString(), StringComparison.OrdinalIgnoreCase)
                );
            using var db = (DbContext)Activator.CreateInstance(type)!;
            Assert.False(db.Database.HasPendingModelChanges(), type.Name);
            Assert.NotEmpty(db.Database.GetMigrations());
        }
    }
}
