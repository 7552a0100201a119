using Health.Fhir.Store;
using Microsoft.EntityFrameworkCore;

namespace Health.Fhir.Tests.Store;

public sealed class MigrationTests
{
    [Fact]
    public void The_migrations_of_every_provider_hold_the_whole_model()
    {
        using var sqlite = new FhirDbSqlite();
        using var postgres = new FhirDbPostgres();
        using var sqlServer = new FhirDbSqlServer();
        Assert.False(sqlite.Database.HasPendingModelChanges());
        Assert.False(postgres.Database.HasPendingModelChanges());
        Assert.False(sqlServer.Database.HasPendingModelChanges());
    }
}
