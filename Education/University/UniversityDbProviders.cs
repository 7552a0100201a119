using Microsoft.EntityFrameworkCore;
using SharedKernel.Persistence;

namespace Education.University;

public sealed class UniversitySqlite : UniversityDb
{
    public UniversitySqlite()
        : base(Providers.Offline<UniversitySqlite>(DatabaseProvider.Sqlite, SchemaName)) { }

    public UniversitySqlite(DbContextOptions<UniversitySqlite> options)
        : base(options) { }
}

public sealed class UniversityPostgres : UniversityDb
{
    public UniversityPostgres()
        : base(Providers.Offline<UniversityPostgres>(DatabaseProvider.Postgres, SchemaName)) { }

    public UniversityPostgres(DbContextOptions<UniversityPostgres> options)
        : base(options) { }
}

public sealed class UniversitySqlServer : UniversityDb
{
    public UniversitySqlServer()
        : base(Providers.Offline<UniversitySqlServer>(DatabaseProvider.SqlServer, SchemaName)) { }

    public UniversitySqlServer(DbContextOptions<UniversitySqlServer> options)
        : base(options) { }
}
