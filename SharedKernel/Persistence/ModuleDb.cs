using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using SharedKernel.Contracts;
using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Persistence;

/// <summary>
/// One module's database: its own schema, migrations and outbox. Modules never join; the citizen's id is all they share.
/// </summary>
public abstract class ModuleDb(DbContextOptions options) : DbContext(options)
{
    /// <summary>Schema on a server, and file name (without .db) on SQLite.</summary>
    public abstract string Schema { get; }

    /// <summary>Whether the module has rows that are kept sealed (<see cref="ISealedRow"/>).</summary>
    protected virtual bool Seals => false;

    internal Vault Vault => field ??= this.GetService<Vault>();

    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();

    /// <summary>Tells others in the same transaction as the change itself.</summary>
    public void Publish(IEvent happened)
    {
        Outbox.Add(OutboxMessage.Of(happened));
        HasPublished = true;
    }

    /// <summary>Whether saving this context should wake the dispatcher.</summary>
    internal bool HasPublished { get; private set; }

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        SealRows();
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    public override Task<int> SaveChangesAsync(
        bool acceptAllChangesOnSuccess,
        CancellationToken cancellationToken = default
    )
    {
        SealRows();
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    private void SealRows()
    {
        if (Seals)
        {
            foreach (var entry in ChangeTracker.Entries<ISealedRow>())
            {
                entry.Entity.Seal(Vault);
            }
        }
    }

    protected override void OnConfiguring(DbContextOptionsBuilder options)
    {
        if (Seals)
        {
            options.AddInterceptors(OpenSealedRows.Instance);
        }
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        if (!Database.IsSqlite())
        {
            model.HasDefaultSchema(Schema);
        }
        model.Entity<OutboxMessage>(row =>
        {
            row.ToTable("outbox");
            row.Property(message => message.Id).ValueGeneratedNever();
            row.Property(message => message.Type).HasMaxLength(200);
            row.Ignore(message => message.EventType);
            row.Ignore(message => message.Part);
            row.HasIndex(message => new { message.DispatchedAt, message.OccurredAt });
        });
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        conventions.Properties<CitizenId>().HaveConversion<CitizenIdConverter>();
        conventions
            .Properties<PartialDate>()
            .HaveConversion<PartialDateConverter>()
            .HaveMaxLength(10);
        // SQLite cannot compare DateTimeOffset in SQL; ticks it can. PostgreSQL takes UTC only.
        if (Database.IsSqlite())
        {
            conventions.Properties<DateTimeOffset>().HaveConversion<UtcTicksConverter>();
        }
        else
        {
            conventions.Properties<DateTimeOffset>().HaveConversion<UtcConverter>();
        }
    }

    private sealed class CitizenIdConverter()
        : ValueConverter<CitizenId, Guid>(id => id.Value, value => new CitizenId(value));

    private sealed class PartialDateConverter()
        : ValueConverter<PartialDate, string>(
            date => date.ToString(),
            text => PartialDate.Parse(text, null)
        );

    private sealed class UtcTicksConverter()
        : ValueConverter<DateTimeOffset, long>(
            time => time.UtcTicks,
            ticks => new DateTimeOffset(ticks, TimeSpan.Zero)
        );

    private sealed class UtcConverter()
        : ValueConverter<DateTimeOffset, DateTimeOffset>(
            time => time.ToUniversalTime(),
            time => time
        );
}
