using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace SharedKernel.Citizens.Merge;

/// <summary>
/// One record found to be another's person. Nothing is moved: the rows stay as they are, and the people are computed from the entries
/// that are not undone.
/// </summary>
public sealed class MergeEntry
{
    public required Guid Id { get; init; }
    public required CitizenId Survivor { get; init; }
    public required CitizenId Replaced { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string By { get; init; }
    public DateTimeOffset? UndoneAt { get; set; }
    public string? UndoneBy { get; set; }

    internal static void Map(ModelBuilder model) =>
        model.Entity<MergeEntry>(row =>
        {
            row.ToTable("merge");
            row.Property(entry => entry.Id).ValueGeneratedNever();
            row.Property(entry => entry.By).HasMaxLength(100);
            row.Property(entry => entry.UndoneBy).HasMaxLength(100);
            row.HasIndex(entry => entry.Survivor);
            // A record is replaced by one other at a time: of two merges at once, one fails here.
            row.HasIndex(entry => entry.Replaced)
                .IsUnique()
                .HasFilter("\"UndoneAt\" IS NULL")
                .HasDatabaseName("replaced_once");
        });
}
