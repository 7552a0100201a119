using Health.Fhir.Subscriptions.Rows;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Persistence;

namespace Health.Fhir.Subscriptions;

/// <summary>Subscriptions, their events, and how far the store's history was read; apart from the store's tables.</summary>
public abstract class SubscriptionsDb(DbContextOptions options) : ModuleDb(options)
{
    public const string SchemaName = "fhir_subscriptions";

    /// <summary>Longest id of a resource: https://hl7.org/fhir/R4/datatypes.html#id</summary>
    private const int IdLength = 64;

    public override string Schema => SchemaName;

    public DbSet<SubscriptionRow> Subscriptions => Set<SubscriptionRow>();
    public DbSet<EventRow> Events => Set<EventRow>();
    public DbSet<Registration> Registrations => Set<Registration>();
    public DbSet<MatcherRow> Matcher => Set<MatcherRow>();
    public DbSet<BindingToken> Tokens => Set<BindingToken>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<SubscriptionRow>(row =>
        {
            row.ToTable("subscriptions");
            row.Property(one => one.Id).HasMaxLength(IdLength).ValueGeneratedNever();
            row.Property(one => one.OwnerId).HasMaxLength(200);
            row.Property(one => one.Channel).HasMaxLength(20);
            row.Property(one => one.State).HasConversion<string>().HasMaxLength(20);
            row.Property(one => one.Shown).HasConversion<string>().HasMaxLength(20);
            row.Property(one => one.LastError).HasMaxLength(500);
            row.HasIndex(one => new { one.State, one.NextAt });
            row.HasIndex(one => one.OwnerId);
        });
        model.Entity<EventRow>(row =>
        {
            row.ToTable("events");
            row.HasKey(one => new { one.Subscription, one.Number });
            row.Property(one => one.Subscription).HasMaxLength(IdLength);
            row.Property(one => one.Id).HasMaxLength(IdLength);
            row.Property(one => one.Type).HasMaxLength(IdLength);
            row.Property(one => one.Trigger).HasConversion<string>().HasMaxLength(10);
            // A version is told once, however often it is looked at.
            row.HasIndex(one => new
                {
                    one.Subscription,
                    one.Type,
                    one.Id,
                    one.Version,
                })
                .IsUnique();
            row.HasIndex(one => one.Time);
        });
        model.Entity<Registration>(row =>
        {
            row.ToTable("registrations");
            row.Property(one => one.Id).ValueGeneratedNever();
            row.Property(one => one.OwnerId).HasMaxLength(200);
            row.HasIndex(one => one.CreatedAt);
        });
        model.Entity<MatcherRow>(row =>
        {
            row.ToTable("matcher");
            row.Property(one => one.Id).ValueGeneratedNever();
        });
        model.Entity<BindingToken>(row =>
        {
            row.ToTable("binding_tokens");
            row.HasKey(one => one.Hash);
            row.Property(one => one.Hash).HasMaxLength(64);
            row.Property(one => one.OwnerId).HasMaxLength(200);
            row.HasIndex(one => one.ExpiresAt);
        });
    }
}

public sealed class SubscriptionsSqlite : SubscriptionsDb
{
    public SubscriptionsSqlite()
        : base(Providers.Offline<SubscriptionsSqlite>(DatabaseProvider.Sqlite, SchemaName)) { }

    public SubscriptionsSqlite(DbContextOptions<SubscriptionsSqlite> options)
        : base(options) { }
}

public sealed class SubscriptionsPostgres : SubscriptionsDb
{
    public SubscriptionsPostgres()
        : base(Providers.Offline<SubscriptionsPostgres>(DatabaseProvider.Postgres, SchemaName)) { }

    public SubscriptionsPostgres(DbContextOptions<SubscriptionsPostgres> options)
        : base(options) { }
}

public sealed class SubscriptionsSqlServer : SubscriptionsDb
{
    public SubscriptionsSqlServer()
        : base(Providers.Offline<SubscriptionsSqlServer>(DatabaseProvider.SqlServer, SchemaName))
    { }

    public SubscriptionsSqlServer(DbContextOptions<SubscriptionsSqlServer> options)
        : base(options) { }
}
