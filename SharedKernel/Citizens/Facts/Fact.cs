using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Citizens.Facts;

/// <summary>
/// One thing told about a person, by whom and when. Facts are only ever added, and stay with the record about which they were told:
/// a merge shows those of both records as one person's, and undoing it has nothing to restore.
/// </summary>
public sealed class Fact : ISealedRow
{
    public required Guid Id { get; init; }
    public required CitizenId Citizen { get; init; }
    public required CitizenField Field { get; init; }

    /// <summary>In the form of <see cref="FactValue"/>; in clear.</summary>
    public required string Value { get; set; }

    /// <summary>As it is stored: a phone is sealed.</summary>
    internal string Stored { get; private set; } = "";
    public required FactSource Source { get; init; }

    /// <summary>Facility or school at which it was told.</summary>
    public string? Organisation { get; init; }
    public required DateTimeOffset At { get; init; }

    void ISealedRow.Open(Vault vault) =>
        Value = Field is CitizenField.Phone ? vault.Open(Stored, SealedNumber.Purpose) : Stored;

    void ISealedRow.Seal(Vault vault)
    {
        if (Stored.Length == 0)
        {
            Reseal(vault);
        }
    }

    /// <summary>Under the newest key.</summary>
    internal void Reseal(Vault vault) =>
        Stored = Field is CitizenField.Phone ? vault.Seal(Value, SealedNumber.Purpose) : Value;

    internal static void Map(ModelBuilder model)
    {
        model.Entity<Fact>(row =>
        {
            row.ToTable("fact");
            row.Property(fact => fact.Id).ValueGeneratedNever();
            row.Property(fact => fact.Field).HasConversion<string>().HasMaxLength(20);
            row.Ignore(fact => fact.Value);
            row.Property(fact => fact.Stored).HasColumnName(nameof(Fact.Value)).HasMaxLength(320);
            row.Property(fact => fact.Source).HasConversion<string>().HasMaxLength(20);
            row.Property(fact => fact.Organisation).HasMaxLength(20);
            row.HasIndex(fact => fact.Citizen);
            row.HasOne<Person>().WithMany().HasForeignKey(fact => fact.Citizen);
        });
        model.Entity<Guardianship>(row =>
        {
            row.ToTable("guardian");
            row.HasKey(guardian => new { guardian.Ward, guardian.Guardian });
            row.Property(guardian => guardian.Source).HasConversion<string>().HasMaxLength(20);
            row.Property(guardian => guardian.Organisation).HasMaxLength(20);
            row.HasIndex(guardian => guardian.Guardian);
        });
    }
}

/// <summary>Who cares for a person, as a sector told it.</summary>
public sealed class Guardianship
{
    public required CitizenId Ward { get; init; }
    public required CitizenId Guardian { get; init; }
    public required FactSource Source { get; init; }
    public string? Organisation { get; init; }
    public required DateTimeOffset At { get; init; }
}
