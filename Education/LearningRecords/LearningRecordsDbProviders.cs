using Microsoft.EntityFrameworkCore;
using SharedKernel.Persistence;

namespace Education.LearningRecords;

public sealed class LearningRecordsSqlite : LearningRecordsDb
{
    public LearningRecordsSqlite()
        : base(Providers.Offline<LearningRecordsSqlite>(DatabaseProvider.Sqlite, SchemaName)) { }

    public LearningRecordsSqlite(DbContextOptions<LearningRecordsSqlite> options)
        : base(options) { }
}

public sealed class LearningRecordsPostgres : LearningRecordsDb
{
    public LearningRecordsPostgres()
        : base(Providers.Offline<LearningRecordsPostgres>(DatabaseProvider.Postgres, SchemaName))
    { }

    public LearningRecordsPostgres(DbContextOptions<LearningRecordsPostgres> options)
        : base(options) { }
}

public sealed class LearningRecordsSqlServer : LearningRecordsDb
{
    public LearningRecordsSqlServer()
        : base(Providers.Offline<LearningRecordsSqlServer>(DatabaseProvider.SqlServer, SchemaName))
    { }

    public LearningRecordsSqlServer(DbContextOptions<LearningRecordsSqlServer> options)
        : base(options) { }
}
