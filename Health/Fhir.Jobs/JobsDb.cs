using Microsoft.EntityFrameworkCore;
using SharedKernel.Persistence;

namespace Health.Fhir.Jobs;

/// <summary>The jobs of the FHIR service, apart from the store's tables, so that a busy store and a busy queue do not wait for each other.</summary>
public abstract class JobsDb(DbContextOptions options) : ModuleDb(options)
{
    public const string SchemaName = "fhir_jobs";

    public override string Schema => SchemaName;

    public DbSet<Job> Jobs => Set<Job>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<Job>(row =>
        {
            row.ToTable("jobs");
            row.Property(job => job.Id).ValueGeneratedNever();
            row.Property(job => job.Kind).HasMaxLength(40);
            row.Property(job => job.Owner).HasMaxLength(200);
            row.Property(job => job.State).HasConversion<string>().HasMaxLength(20);
            row.Property(job => job.Progress).HasMaxLength(200);
            row.HasIndex(job => new { job.State, job.CreatedAt });
            row.HasIndex(job => new { job.Owner, job.State });
            row.HasIndex(job => job.ExpiresAt);
        });
    }
}

public sealed class JobsSqlite : JobsDb
{
    public JobsSqlite()
        : base(Providers.Offline<JobsSqlite>(DatabaseProvider.Sqlite, SchemaName)) { }

    public JobsSqlite(DbContextOptions<JobsSqlite> options)
        : base(options) { }
}

public sealed class JobsPostgres : JobsDb
{
    public JobsPostgres()
        : base(Providers.Offline<JobsPostgres>(DatabaseProvider.Postgres, SchemaName)) { }

    public JobsPostgres(DbContextOptions<JobsPostgres> options)
        : base(options) { }
}

public sealed class JobsSqlServer : JobsDb
{
    public JobsSqlServer()
        : base(Providers.Offline<JobsSqlServer>(DatabaseProvider.SqlServer, SchemaName)) { }

    public JobsSqlServer(DbContextOptions<JobsSqlServer> options)
        : base(options) { }
}
