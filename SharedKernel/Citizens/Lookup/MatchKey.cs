using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace SharedKernel.Citizens.Lookup;

/// <summary>
/// A block in which a person stands: the keyed hash of the parts that a blocking rule wants to agree (<see cref="MatchKeys"/>). Kept in
/// the database in the same transaction as the person, so that every counter on every host sees who was registered a moment ago.
/// </summary>
public sealed class MatchKey
{
    public required long Key { get; init; }
    public required CitizenId Citizen { get; init; }

    internal static void Map(ModelBuilder model)
    {
        model.Entity<MatchKey>(row =>
        {
            row.ToTable("match_key");
            row.HasKey(key => new { key.Key, key.Citizen });
            row.HasIndex(key => key.Citizen);
            row.HasOne<Person>().WithMany().HasForeignKey(key => key.Citizen);
        });
        model.Entity<StoredModel>(row =>
        {
            row.ToTable("linkage_model");
            row.Property(stored => stored.Id).ValueGeneratedNever();
        });
    }
}

/// <summary>The linkage model that was learned last from the whole register.</summary>
public sealed class StoredModel
{
    public const int TheOnly = 1;

    public int Id { get; init; } = TheOnly;
    public required DateTimeOffset LearnedAt { get; set; }
    public required int People { get; set; }
    public required byte[] Body { get; set; }
}
