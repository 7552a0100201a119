using Education.LearningRecords;
using Education.University;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Persistence;

namespace Education.Tests;

public sealed class SchemaTests
{
    [Fact]
    public void Every_provider_has_its_migrations()
    {
        using var sqlite = new LearningRecordsSqlite();
        using var postgres = new LearningRecordsPostgres();
        using var sqlServer = new LearningRecordsSqlServer();
        using var university = new UniversitySqlite();
        using var universityPostgres = new UniversityPostgres();
        using var universitySqlServer = new UniversitySqlServer();
        Assert.All(
            new ModuleDb[]
            {
                sqlite,
                postgres,
                sqlServer,
                university,
                universityPostgres,
                universitySqlServer,
            },
            db => Assert.False(db.Database.HasPendingModelChanges(), db.GetType().Name)
        );
    }
}
