using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace SharedKernel.Citizens.Review;

/// <summary>Why two records are put before a person.</summary>
public enum ReviewReason
{
    /// <summary>They look alike.</summary>
    Likeness,

    /// <summary>One personal ID was told for two people.</summary>
    SamePersonalId,
}

public enum ReviewDecision
{
    Open,
    Same,
    Different,

    /// <summary>Put off: comes back after the others.</summary>
    Later,
}

/// <summary>
/// Two records that may be one person, and what was decided. The pair is kept after the decision, so that neither a registration
/// nor a de-duplication asks again.
/// </summary>
public sealed class ReviewPair
{
    /// <summary>The smaller id, as <see cref="Of"/> orders them; a pair stands once.</summary>
    public required CitizenId Left { get; init; }
    public required CitizenId Right { get; init; }
    public required ReviewReason Reason { get; init; }

    /// <summary>Log2 odds when the pair was found; the page weighs anew.</summary>
    public required double Weight { get; set; }
    public required DateTimeOffset FoundAt { get; init; }
    public ReviewDecision Decision { get; set; }
    public DateTimeOffset? DecidedAt { get; set; }
    public string? DecidedBy { get; set; }

    public static (CitizenId Left, CitizenId Right) Of(CitizenId one, CitizenId other) =>
        one.Value.CompareTo(other.Value) < 0 ? (one, other) : (other, one);

    internal static void Map(ModelBuilder model)
    {
        model.Entity<ReviewPair>(row =>
        {
            row.ToTable("review");
            row.HasKey(pair => new { pair.Left, pair.Right });
            row.Property(pair => pair.Reason).HasConversion<string>().HasMaxLength(20);
            row.Property(pair => pair.Decision).HasConversion<string>().HasMaxLength(10);
            row.Property(pair => pair.DecidedBy).HasMaxLength(100);
            row.HasIndex(pair => new { pair.Decision, pair.Weight });
            row.HasIndex(pair => pair.Right);
        });
        model.Entity<DeduplicationRun>(row =>
        {
            row.ToTable("deduplication");
            row.Property(run => run.Id).ValueGeneratedNever();
            row.Property(run => run.StartedBy).HasMaxLength(100);
            row.HasIndex(run => run.StartedAt);
        });
    }
}

/// <summary>One de-duplication of the whole register.</summary>
public sealed class DeduplicationRun
{
    public required Guid Id { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required string StartedBy { get; init; }
    public DateTimeOffset? FinishedAt { get; set; }
    public int People { get; set; }

    /// <summary>Pairs beyond the automatic threshold without a doubt.</summary>
    public int Certain { get; set; }

    /// <summary>Pairs that were put before a person and had not been before.</summary>
    public int Added { get; set; }

    /// <summary>Why it failed; null while it runs and when it went well.</summary>
    public string? Error { get; set; }
}
