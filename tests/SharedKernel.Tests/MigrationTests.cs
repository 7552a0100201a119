using Microsoft.EntityFrameworkCore;
using SharedKernel.Access;
using SharedKernel.Access.Audit;
using SharedKernel.Citizens;

namespace SharedKernel.Tests;

/// <summary>The migrations in the source make exactly the model in the source, on every provider, with no server needed.</summary>
public sealed class MigrationTests
{
    public static TheoryData<DbContext> Contexts =>
        [
            new AuditSqlite(),
            new AuditPostgres(),
            new AuditSqlServer(),
            new CitizensSqlite(),
            new CitizensPostgres(),
            new CitizensSqlServer(),
            new AccessSqlite(),
            new AccessPostgres(),
            new AccessSqlServer(),
        ];

    [Theory]
    [MemberData(nameof(Contexts), DisableDiscoveryEnumeration = true)]
    public void The_model_has_no_change_without_a_migration(DbContext db) =>
        Assert.False(db.Database.HasPendingModelChanges());
}
