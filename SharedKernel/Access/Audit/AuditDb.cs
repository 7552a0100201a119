using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Persistence;

namespace SharedKernel.Access.Audit;

/// <summary>The audit trail's own database: nothing else writes here, and nothing here is ever changed or deleted.</summary>
public abstract class AuditDb(DbContextOptions options) : ModuleDb(options)
{
    public const string SchemaName = "audit";

    public override string Schema => SchemaName;

    public DbSet<AuditRow> Rows => Set<AuditRow>();
    public DbSet<AuditSubject> Subjects => Set<AuditSubject>();
    public DbSet<AuditHead> Head => Set<AuditHead>();
    public DbSet<AuditNode> Nodes => Set<AuditNode>();
    public DbSet<SignedTreeHead> TreeHeads => Set<SignedTreeHead>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<AuditRow>(row =>
        {
            row.ToTable("entry");
            row.HasKey(entry => entry.Sequence);
            row.Property(entry => entry.Sequence).ValueGeneratedNever();
            row.Property(entry => entry.CallerId).HasMaxLength(AuditRow.LongestCallerId);
            row.Property(entry => entry.Action).HasConversion<string>().HasMaxLength(10);
            row.Property(entry => entry.Hash).HasMaxLength(32).IsFixedLength();
            row.HasIndex(entry => entry.At);
            row.HasIndex(entry => new { entry.CallerId, entry.Sequence });
            row.HasMany(entry => entry.Subjects)
                .WithOne()
                .HasForeignKey(subject => subject.Sequence)
                .OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<AuditSubject>(row =>
        {
            row.ToTable("subject");
            // In this order "who saw this person" is one contiguous range.
            row.HasKey(subject => new { subject.Subject, subject.Sequence });
            row.Property(subject => subject.Subject).HasMaxLength(AuditRow.LongestSubject);
        });
        model.Entity<AuditHead>(row =>
        {
            row.ToTable("head");
            row.Property(head => head.Id).ValueGeneratedNever();
            row.Property(head => head.Hash).HasMaxLength(32).IsFixedLength();
            row.Property(head => head.Frontier).HasMaxLength(64 * MerkleTree.HashBytes);
            row.HasData(
                new AuditHead
                {
                    Id = AuditHead.TheOne,
                    Sequence = 0,
                    Hash = new byte[32],
                    Frontier = [],
                }
            );
        });
        model.Entity<AuditNode>(row =>
        {
            row.ToTable("node");
            row.HasKey(node => new { node.Level, node.Index });
            row.Property(node => node.Hash).HasMaxLength(32).IsFixedLength();
        });
        model.Entity<SignedTreeHead>(row =>
        {
            row.ToTable("tree_head");
            row.HasKey(head => head.Size);
            row.Property(head => head.Size).ValueGeneratedNever();
            row.Property(head => head.Checkpoint).HasMaxLength(Checkpoint.Longest);
        });
    }
}

/// <summary>
/// One thing done with people's data. <see cref="Hash"/> binds it to every row before it (see <see cref="AuditChain"/>).
/// </summary>
public sealed class AuditRow
{
    public const int LongestCallerId = 200;
    public const int LongestSubject = 100;

    /// <summary>1, 2, 3 … without gaps: a missing number is a removed row.</summary>
    public required long Sequence { get; init; }

    /// <summary>Whole microseconds, which is what every provider can keep. The order is <see cref="Sequence"/>: clocks move back.</summary>
    public required DateTimeOffset At { get; init; }

    public required string CallerId { get; init; }
    public required string CallerName { get; init; }

    /// <summary>Names of <see cref="Role"/>, sorted, separated by commas.</summary>
    public required string Roles { get; init; }

    public string? Organisation { get; init; }

    /// <summary>Network address of the client; null for the system's own work.</summary>
    public string? Address { get; init; }

    public required AuditAction Action { get; init; }
    public required string What { get; init; }
    public required bool Allowed { get; init; }
    public string? Detail { get; init; }
    public required List<AuditSubject> Subjects { get; init; }
    public byte[] Hash { get; set; } = [];
}

/// <summary>
/// A person whose data a row is about. A table of its own, because a list in a column can be indexed on no two providers alike;
/// it is part of the hash, so it cannot be quietly thinned out.
/// </summary>
public sealed class AuditSubject
{
    public required string Subject { get; init; }
    public required long Sequence { get; init; }
}

/// <summary>The end of the chain, in one row that every writer locks first.</summary>
public sealed class AuditHead
{
    public const int TheOne = 1;

    public required int Id { get; init; }
    public required long Sequence { get; set; }
    public required byte[] Hash { get; set; }

    /// <summary>The right edge of the <see cref="AuditTree"/> over all rows; empty until the first row is appended to it.</summary>
    public required byte[] Frontier { get; set; }
}

/// <summary>The root of a full subtree of the <see cref="AuditTree"/>; never changed once written.</summary>
public sealed class AuditNode
{
    /// <summary>The subtree has 2^Level leaves; <see cref="AuditTree.KeptLevel"/> or more.</summary>
    public required int Level { get; init; }

    public required long Index { get; init; }
    public required byte[] Hash { get; init; }
}

/// <summary>What was published of the trail on a day: its size and root under the server's signature.</summary>
public sealed class SignedTreeHead
{
    public required long Size { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>The published text (see <see cref="Audit.Checkpoint"/>), exactly.</summary>
    public required string Checkpoint { get; init; }
}

public sealed class AuditSqlite : AuditDb
{
    public AuditSqlite()
        : base(Providers.Offline<AuditSqlite>(DatabaseProvider.Sqlite, SchemaName)) { }

    public AuditSqlite(DbContextOptions<AuditSqlite> options)
        : base(options) { }
}

public sealed class AuditPostgres : AuditDb
{
    public AuditPostgres()
        : base(Providers.Offline<AuditPostgres>(DatabaseProvider.Postgres, SchemaName)) { }

    public AuditPostgres(DbContextOptions<AuditPostgres> options)
        : base(options) { }
}

public sealed class AuditSqlServer : AuditDb
{
    public AuditSqlServer()
        : base(Providers.Offline<AuditSqlServer>(DatabaseProvider.SqlServer, SchemaName)) { }

    public AuditSqlServer(DbContextOptions<AuditSqlServer> options)
        : base(options) { }
}
