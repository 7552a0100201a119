using Interop.Registries.Quality;
using Microsoft.EntityFrameworkCore;

namespace Interop.Registries.Sending;

public enum SnapshotState
{
    /// <summary>Written, waiting for somebody to approve it.</summary>
    Prepared,

    /// <summary>May leave the house; it is sent as soon as the destination answers.</summary>
    Approved,

    /// <summary>The destination has it and has not judged it yet.</summary>
    Sent,

    /// <summary>The destination took it and gave a receipt.</summary>
    Acknowledged,

    /// <summary>The destination will not take it; the reason is kept.</summary>
    Refused,

    /// <summary>A later version has taken its place.</summary>
    Corrected,
}

/// <summary>
/// One version of one period as it is approved and sent: its figures lie in the files of the same version and never change; what
/// moves is the state. <see cref="Key"/> is the same in every attempt, so that a destination can know it again.
/// </summary>
public sealed class Snapshot
{
    public required string Export { get; init; }
    public required string Period { get; init; }
    public required int Version { get; init; }
    public required Guid Key { get; init; }

    /// <summary>SHA-256 of the figures, lower-case hex.</summary>
    public required string ContentHash { get; init; }

    /// <summary>False when the period was not over: such figures are never sent.</summary>
    public required bool Complete { get; init; }
    public required DateTimeOffset PreparedAt { get; init; }
    public SnapshotState State { get; set; }
    public DateTimeOffset? ApprovedAt { get; set; }
    public string? ApprovedById { get; set; }
    public string? ApprovedBy { get; set; }
    public DateTimeOffset? SentAt { get; set; }

    /// <summary>When it was acknowledged or refused.</summary>
    public DateTimeOffset? SettledAt { get; set; }

    /// <summary>The destination's own number.</summary>
    public string? Receipt { get; set; }

    /// <summary>Why it was refused, or what the last attempt failed of.</summary>
    public string? Reason { get; set; }
    public int Attempts { get; set; }

    /// <summary>Null: nothing is to be done until a person acts.</summary>
    public DateTimeOffset? NextAttemptAt { get; set; }

    /// <summary>Two hands on one snapshot: the second is refused.</summary>
    public int Revision { get; set; }
}

public enum AttemptOutcome
{
    /// <summary>Under way, or its process died: whether the destination got it is asked before anything is sent again.</summary>
    Open,
    Received,
    Acknowledged,
    Refused,
    Failed,
}

/// <summary>One attempt to hand a snapshot over; written before the first byte leaves.</summary>
public sealed class DeliveryAttempt
{
    public required Guid Id { get; init; }
    public required string Export { get; init; }
    public required string Period { get; init; }
    public required int Version { get; init; }

    /// <summary>1, 2, 3 … per snapshot.</summary>
    public required int Number { get; init; }
    public required string Destination { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; set; }
    public AttemptOutcome Outcome { get; set; }
    public string? Detail { get; set; }
}

/// <summary>What a quality rule found in a version; it is sent only when each serious one was resolved by a person.</summary>
public sealed class QualityFinding
{
    public required Guid Id { get; init; }
    public required string Export { get; init; }
    public required string Period { get; init; }
    public required int Version { get; init; }

    /// <summary>Such as <c>outlier</c>, <c>total</c>, <c>impossible</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>Row and column, in words.</summary>
    public required string Place { get; init; }
    public required string Message { get; init; }

    /// <summary>How it was explained; null while it is open.</summary>
    public string? Resolution { get; set; }
    public string? ResolvedById { get; set; }
    public string? ResolvedBy { get; set; }
    public DateTimeOffset? ResolvedAt { get; set; }
}

internal static class SnapshotTables
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<Snapshot>(row =>
        {
            row.ToTable("export_snapshots");
            row.HasKey(snapshot => new
            {
                snapshot.Export,
                snapshot.Period,
                snapshot.Version,
            });
            row.HasIndex(snapshot => snapshot.NextAttemptAt);
            row.HasIndex(snapshot => snapshot.Key).IsUnique();
            row.Property(snapshot => snapshot.Export).HasMaxLength(100);
            row.Property(snapshot => snapshot.Period).HasMaxLength(20);
            row.Property(snapshot => snapshot.ContentHash).HasMaxLength(64);
            row.Property(snapshot => snapshot.State).HasConversion<string>().HasMaxLength(20);
            row.Property(snapshot => snapshot.ApprovedById).HasMaxLength(200);
            row.Property(snapshot => snapshot.ApprovedBy).HasMaxLength(200);
            row.Property(snapshot => snapshot.Receipt).HasMaxLength(200);
            row.Property(snapshot => snapshot.Reason).HasMaxLength(2000);
            row.Property(snapshot => snapshot.Revision).IsConcurrencyToken();
        });
        model.Entity<DeliveryAttempt>(row =>
        {
            row.ToTable("export_attempts");
            row.Property(attempt => attempt.Id).ValueGeneratedNever();
            row.HasIndex(attempt => new
                {
                    attempt.Export,
                    attempt.Period,
                    attempt.Version,
                    attempt.Number,
                })
                .IsUnique();
            row.Property(attempt => attempt.Export).HasMaxLength(100);
            row.Property(attempt => attempt.Period).HasMaxLength(20);
            row.Property(attempt => attempt.Destination).HasMaxLength(400);
            row.Property(attempt => attempt.Outcome).HasConversion<string>().HasMaxLength(20);
            row.Property(attempt => attempt.Detail).HasMaxLength(2000);
        });
        model.Entity<QualityFinding>(row =>
        {
            row.ToTable("export_findings");
            row.Property(finding => finding.Id).ValueGeneratedNever();
            row.HasIndex(finding => new
            {
                finding.Export,
                finding.Period,
                finding.Version,
            });
            row.Property(finding => finding.Export).HasMaxLength(100);
            row.Property(finding => finding.Period).HasMaxLength(20);
            row.Property(finding => finding.Rule).HasMaxLength(50);
            row.Property(finding => finding.Place).HasMaxLength(400);
            row.Property(finding => finding.Message).HasMaxLength(1000);
            row.Property(finding => finding.Resolution).HasMaxLength(1000);
            row.Property(finding => finding.ResolvedById).HasMaxLength(200);
            row.Property(finding => finding.ResolvedBy).HasMaxLength(200);
        });
        model.Entity<ReportedTotal>(row =>
        {
            row.ToTable("export_totals");
            row.HasKey(total => new
            {
                total.Export,
                total.Period,
                total.Version,
                total.Name,
            });
            row.Property(total => total.Export).HasMaxLength(100);
            row.Property(total => total.Period).HasMaxLength(20);
            row.Property(total => total.Name).HasMaxLength(200);
        });
    }
}
