using Microsoft.EntityFrameworkCore;
using SharedKernel.Citizens.Facts;
using SharedKernel.Citizens.Lookup;
using SharedKernel.Citizens.Merge;
using SharedKernel.Citizens.Review;
using SharedKernel.Contracts;
using SharedKernel.Persistence;
using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Citizens;

public abstract class CitizensDb(DbContextOptions options) : ModuleDb(options)
{
    public const string SchemaName = "citizens";

    public override string Schema => SchemaName;

    protected override bool Seals => true;

    public DbSet<Person> People => Set<Person>();
    public DbSet<Identifier> Identifiers => Set<Identifier>();
    public DbSet<NameWord> NameWords => Set<NameWord>();
    public DbSet<RecordLink> Links => Set<RecordLink>();
    public DbSet<Fact> Facts => Set<Fact>();
    public DbSet<Guardianship> Guardians => Set<Guardianship>();
    public DbSet<MatchKey> MatchKeys => Set<MatchKey>();
    public DbSet<StoredModel> Models => Set<StoredModel>();
    public DbSet<MergeEntry> Merges => Set<MergeEntry>();
    public DbSet<ReviewPair> Reviews => Set<ReviewPair>();
    public DbSet<DeduplicationRun> Deduplications => Set<DeduplicationRun>();
    public DbSet<VaultMark> VaultMarks => Set<VaultMark>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        // Prefixes are looked up as ranges, which only a collation that compares bytes gives an index for.
        var ordinal = Database.OrdinalCollation();
        model.Entity<Person>(row =>
        {
            row.ToTable("person");
            row.Property(person => person.Id).ValueGeneratedNever();
            row.Property(person => person.FullName).HasMaxLength(Person.LongestName);
            row.Property(person => person.NameKey)
                .HasMaxLength(Person.LongestName)
                .UseCollation(ordinal);
            row.Property(person => person.Sex).HasConversion<string>().HasMaxLength(10);
            row.Ignore(person => person.Phone);
            row.Property(person => person.SealedPhone)
                .HasColumnName(nameof(Person.Phone))
                .HasMaxLength(SealedNumber.Longest);
            row.Property(person => person.Address).HasMaxLength(300);
            row.Property(person => person.CommuneCode).HasMaxLength(5);
            row.Property(person => person.OldCommuneCode).HasMaxLength(5);
            row.Property(person => person.Ethnicity).HasMaxLength(2);
            row.Property(person => person.Temporary).HasConversion<string>().HasMaxLength(10);
            row.Property(person => person.Version).IsConcurrencyToken();
            row.Property(person => person.Claim).HasMaxLength(64);
            // Two counters that send one form at once make one record.
            row.HasIndex(person => person.Claim).IsUnique().HasDatabaseName("one_person_per_form");
            row.HasIndex(person => person.ReplacedBy);
            row.HasIndex(person => person.OldCommuneCode);
            row.HasIndex(person => new { person.NameKey, person.BirthDate });
            row.HasMany(person => person.Identifiers)
                .WithOne()
                .HasForeignKey(identifier => identifier.Citizen);
            row.HasMany(person => person.Words).WithOne().HasForeignKey(word => word.Citizen);
        });
        model.Entity<Identifier>(row =>
        {
            row.ToTable("identifier");
            row.HasKey(identifier => new
            {
                identifier.Citizen,
                identifier.Kind,
                identifier.Key,
            });
            row.Ignore(identifier => identifier.Value);
            row.Property(identifier => identifier.Sealed).HasMaxLength(SealedNumber.Longest);
            row.Property(identifier => identifier.Kind).HasConversion<string>().HasMaxLength(20);
            row.Property(identifier => identifier.Key).HasMaxLength(32).UseCollation(ordinal);
            row.HasIndex(identifier => new { identifier.Key, identifier.Kind });
            // Two nurses at once make one record: the second insert fails here and finds the first.
            row.HasIndex(identifier => identifier.Key)
                .IsUnique()
                .HasFilter($"\"Kind\" = '{nameof(IdentifierKind.PersonalId)}'")
                .HasDatabaseName("one_person_per_personal_id");
        });
        model.Entity<NameWord>(row =>
        {
            row.ToTable("name_word");
            row.HasKey(word => new { word.Word, word.Citizen });
            row.Property(word => word.Word).HasMaxLength(Person.LongestName).UseCollation(ordinal);
        });
        model.Entity<RecordLink>(row =>
        {
            row.ToTable("link");
            row.HasKey(link => link.Record);
            row.Property(link => link.Record).HasMaxLength(200).UseCollation(ordinal);
            row.HasIndex(link => link.Citizen);
            row.HasOne<Person>().WithMany().HasForeignKey(link => link.Citizen);
        });
        model.Entity<VaultMark>(row =>
        {
            row.ToTable("vault_mark");
            row.Property(mark => mark.Id).ValueGeneratedNever();
            row.Property(mark => mark.Mark).HasMaxLength(SealedNumber.Longest);
        });
        Fact.Map(model);
        MatchKey.Map(model);
        MergeEntry.Map(model);
        ReviewPair.Map(model);
    }
}

/// <summary>One person, known to the country once.</summary>
public sealed class Person : ISealedRow
{
    public const int LongestName = 100;

    private string? opened;

    public required CitizenId Id { get; init; }

    /// <summary>NFC, single spaces, in the case it was typed.</summary>
    public required string FullName { get; set; }

    /// <summary>The name in lower case without diacritics: <c>nguyen duc anh</c>.</summary>
    public required string NameKey { get; set; }

    public PartialDate? BirthDate { get; set; }
    public Sex Sex { get; set; }

    /// <summary>In clear; the database has <see cref="SealedPhone"/>.</summary>
    public string? Phone { get; set; }

    /// <summary>As it is stored: sealed, or in clear in a row of before numbers were sealed.</summary>
    internal string? SealedPhone { get; private set; }
    public string? Address { get; set; }

    /// <summary>Of the commune in force since 1 July 2025.</summary>
    public string? CommuneCode { get; set; }

    /// <summary>Of a commune that was divided among several: which of them it is now, somebody has to ask.</summary>
    public string? OldCommuneCode { get; set; }
    public string? Ethnicity { get; set; }
    public TemporaryIdentity Temporary { get; set; }
    public required DateTimeOffset RegisteredAt { get; init; }

    /// <summary>Keyed hash of a form without a personal ID; see <see cref="RegisterCitizen"/>.</summary>
    public string? Claim { get; init; }

    /// <summary>The record under which this person is known now; null when it is this one.</summary>
    public CitizenId? ReplacedBy { get; set; }

    /// <summary>Counts changes; a writer that read an older one has to read again.</summary>
    public int Version { get; set; }
    public List<Identifier> Identifiers { get; } = [];
    public List<NameWord> Words { get; } = [];

    public string? Usual(IdentifierKind kind) =>
        Identifiers
            .Find(identifier => identifier.Kind == kind && identifier.Use is IdentifierUse.Usual)
            ?.Value;

    void ISealedRow.Open(Vault vault) =>
        Phone = opened = SealedPhone is null ? null : vault.Open(SealedPhone, SealedNumber.Purpose);

    void ISealedRow.Seal(Vault vault)
    {
        if (Phone != opened)
        {
            Reseal(vault);
        }
    }

    /// <summary>Under the newest key.</summary>
    internal void Reseal(Vault vault)
    {
        SealedPhone = Phone is null ? null : vault.Seal(Phone, SealedNumber.Purpose);
        opened = Phone;
    }
}

/// <summary>FHIR Identifier.use.</summary>
public enum IdentifierUse
{
    Usual,
    Old,
}

/// <summary>A number by which the person is or was known. It is retired with a date, never removed.</summary>
public sealed class Identifier : ISealedRow
{
    public required CitizenId Citizen { get; init; }
    public required IdentifierKind Kind { get; init; }

    /// <summary>In clear; the database has <see cref="Key"/> and <see cref="Sealed"/>.</summary>
    public string Value { get; private set; } = "";

    /// <summary>By which the number is found: its keyed hash, or the number itself in a row of before numbers were sealed.</summary>
    public required string Key { get; init; }

    /// <summary>The number, sealed; null in a row of before.</summary>
    public required string? Sealed { get; init; }
    public required IdentifierUse Use { get; set; }

    /// <summary>Since when we know it, and until when it held; null while it holds, or when its end is not known.</summary>
    public required DateTimeOffset From { get; init; }
    public DateTimeOffset? To { get; set; }

    public static Identifier Of(
        Vault vault,
        CitizenId citizen,
        IdentifierKind kind,
        string number,
        IdentifierUse use,
        DateTimeOffset from,
        DateTimeOffset? to = null
    ) =>
        new()
        {
            Citizen = citizen,
            Kind = kind,
            Value = number,
            Key = SealedNumber.Key(vault, number),
            Sealed = vault.Seal(number, SealedNumber.Purpose),
            Use = use,
            From = from,
            To = to,
        };

    void ISealedRow.Open(Vault vault) =>
        Value = Sealed is null ? Key : vault.Open(Sealed, SealedNumber.Purpose);

    // Sealed when it was made: the number is part of the row's key.
    void ISealedRow.Seal(Vault vault) { }
}

/// <summary>Made by the key ring that seals the register: a start with another ring is noticed by it.</summary>
public sealed class VaultMark
{
    public const int TheOnly = 1;

    public int Id { get; init; } = TheOnly;
    public required string Mark { get; set; }
}

/// <summary>One word of a name, for finding it in any order of words.</summary>
public sealed class NameWord
{
    public required string Word { get; init; }
    public required CitizenId Citizen { get; init; }
}

/// <summary>A sector's record that is about the person, such as <c>Student/0190…</c>.</summary>
public sealed class RecordLink
{
    public required string Record { get; init; }
    public required CitizenId Citizen { get; init; }
    public required DateTimeOffset LinkedAt { get; init; }
}

public sealed class CitizensSqlite : CitizensDb
{
    public CitizensSqlite()
        : base(Providers.Offline<CitizensSqlite>(DatabaseProvider.Sqlite, SchemaName)) { }

    public CitizensSqlite(DbContextOptions<CitizensSqlite> options)
        : base(options) { }
}

public sealed class CitizensPostgres : CitizensDb
{
    public CitizensPostgres()
        : base(Providers.Offline<CitizensPostgres>(DatabaseProvider.Postgres, SchemaName)) { }

    public CitizensPostgres(DbContextOptions<CitizensPostgres> options)
        : base(options) { }
}

public sealed class CitizensSqlServer : CitizensDb
{
    public CitizensSqlServer()
        : base(Providers.Offline<CitizensSqlServer>(DatabaseProvider.SqlServer, SchemaName)) { }

    public CitizensSqlServer(DbContextOptions<CitizensSqlServer> options)
        : base(options) { }
}
