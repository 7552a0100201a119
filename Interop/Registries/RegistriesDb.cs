using Interop.Registries.Quality;
using Interop.Registries.Sending;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Persistence;

namespace Interop.Registries;

/// <summary>The ledger of the exports: every run, every file, and who is running what now.</summary>
public abstract class RegistriesDb(DbContextOptions options) : ModuleDb(options)
{
    public const string SchemaName = "registries";

    public override string Schema => SchemaName;

    public DbSet<ExportRun> Runs => Set<ExportRun>();
    public DbSet<ExportFile> Files => Set<ExportFile>();
    public DbSet<ExportLease> Leases => Set<ExportLease>();
    public DbSet<Snapshot> Snapshots => Set<Snapshot>();
    public DbSet<DeliveryAttempt> Attempts => Set<DeliveryAttempt>();
    public DbSet<QualityFinding> Findings => Set<QualityFinding>();
    public DbSet<ReportedTotal> Totals => Set<ReportedTotal>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<ExportRun>(row =>
        {
            row.ToTable("export_runs");
            row.Property(run => run.Id).ValueGeneratedNever();
            row.HasIndex(run => new
            {
                run.Export,
                run.Period,
                run.StartedAt,
            });
            row.HasIndex(run => run.StartedAt);
            row.Property(run => run.Export).HasMaxLength(100);
            row.Property(run => run.Period).HasMaxLength(20);
            row.Property(run => run.RequestedById).HasMaxLength(200);
            row.Property(run => run.RequestedBy).HasMaxLength(200);
            row.Property(run => run.State).HasConversion<string>().HasMaxLength(20);
            row.Property(run => run.ContentHash).HasMaxLength(64);
            row.Property(run => run.Error).HasMaxLength(2000);
        });
        model.Entity<ExportFile>(row =>
        {
            row.ToTable("export_files");
            row.HasKey(file => new
            {
                file.Export,
                file.Period,
                file.Version,
                file.Format,
            });
            row.Property(file => file.Export).HasMaxLength(100);
            row.Property(file => file.Period).HasMaxLength(20);
            row.Property(file => file.Format).HasMaxLength(10);
            row.Property(file => file.Path).HasMaxLength(400);
            row.Property(file => file.Sha256).HasMaxLength(64);
            row.Property(file => file.ContentHash).HasMaxLength(64);
        });
        model.Entity<ExportLease>(row =>
        {
            row.ToTable("export_leases");
            row.HasKey(lease => new { lease.Export, lease.Period });
            row.Property(lease => lease.Export).HasMaxLength(100);
            row.Property(lease => lease.Period).HasMaxLength(20);
        });
        SnapshotTables.Configure(model);
    }

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        RefuseToChangeFiles();
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    public override Task<int> SaveChangesAsync(
        bool acceptAllChangesOnSuccess,
        CancellationToken cancellationToken = default
    )
    {
        RefuseToChangeFiles();
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    private void RefuseToChangeFiles()
    {
        if (
            ChangeTracker
                .Entries<ExportFile>()
                .Any(entry => entry.State is EntityState.Modified or EntityState.Deleted)
        )
        {
            throw new Conflict("What was written never changes: late data make a new version.");
        }
    }
}

public enum RunState
{
    Running,

    /// <summary>The first version of its period was written.</summary>
    Written,

    /// <summary>The figures are those of the version before; no file was made.</summary>
    Unchanged,

    /// <summary>The figures have changed; a version was written beside the older ones.</summary>
    Corrected,

    Failed,

    /// <summary>Somebody stopped it; nothing was written.</summary>
    Cancelled,
}

/// <summary>One run: who asked, what was read, what came of it.</summary>
public sealed class ExportRun
{
    public required Guid Id { get; init; }
    public required string Export { get; init; }
    public required string Period { get; init; }
    public required string RequestedById { get; init; }
    public required string RequestedBy { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; set; }
    public RunState State { get; set; }

    /// <summary>Watermark of the input: how many records were read, and the newest change among them.</summary>
    public long InputRecords { get; set; }
    public DateTimeOffset? InputLatest { get; set; }
    public int Rows { get; set; }

    /// <summary>The version that it wrote, or found unchanged.</summary>
    public int? Version { get; set; }
    public string? ContentHash { get; set; }
    public string? Error { get; set; }
}

/// <summary>One file of one version; never overwritten.</summary>
public sealed class ExportFile
{
    public required string Export { get; init; }
    public required string Period { get; init; }

    /// <summary>1, 2, 3 … per export and period; the later ones are corrections.</summary>
    public required int Version { get; init; }
    public required string Format { get; init; }

    /// <summary>Below the export folder.</summary>
    public required string Path { get; init; }
    public required long Bytes { get; init; }
    public required string Sha256 { get; init; }

    /// <summary>Of the figures, whatever the format.</summary>
    public required string ContentHash { get; init; }
    public required Guid RunId { get; init; }
    public required DateTimeOffset WrittenAt { get; init; }
}

/// <summary>Its key lets one run at a time have a period; it lapses when the process that holds it has died.</summary>
public sealed class ExportLease
{
    public required string Export { get; init; }
    public required string Period { get; init; }
    public required Guid RunId { get; init; }
    public required DateTimeOffset Until { get; set; }

    /// <summary>Progress: records read so far.</summary>
    public long Records { get; set; }
    public bool CancelAsked { get; set; }
}

public sealed class RegistriesSqlite : RegistriesDb
{
    public RegistriesSqlite()
        : base(Providers.Offline<RegistriesSqlite>(DatabaseProvider.Sqlite, SchemaName)) { }

    public RegistriesSqlite(DbContextOptions<RegistriesSqlite> options)
        : base(options) { }
}

public sealed class RegistriesPostgres : RegistriesDb
{
    public RegistriesPostgres()
        : base(Providers.Offline<RegistriesPostgres>(DatabaseProvider.Postgres, SchemaName)) { }

    public RegistriesPostgres(DbContextOptions<RegistriesPostgres> options)
        : base(options) { }
}

public sealed class RegistriesSqlServer : RegistriesDb
{
    public RegistriesSqlServer()
        : base(Providers.Offline<RegistriesSqlServer>(DatabaseProvider.SqlServer, SchemaName)) { }

    public RegistriesSqlServer(DbContextOptions<RegistriesSqlServer> options)
        : base(options) { }
}
