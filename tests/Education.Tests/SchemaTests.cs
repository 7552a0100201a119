using Education.LearningRecords;
using Microsoft.EntityFrameworkCore;

namespace Education.Tests;

public sealed class SchemaTests
{
    [Fact]
    public void Every_provider_has_its_migrations()
    {
        using var sqlite = new LearningRecordsSqlite();
        using var postgres = new LearningRecordsPostgres();
        using var sqlServer = new LearningRecordsSqlServer();
        Assert.All(
            new LearningRecordsDb[] { sqlite, postgres, sqlServer },
            db => Assert.False(db.Database.HasPendingModelChanges(), db.GetType().Name)
        );
    }
}
