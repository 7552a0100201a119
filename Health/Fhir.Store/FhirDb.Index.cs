using Health.Fhir.Store.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Health.Fhir.Store;

// Resources and their index values, whose shape follows from what a row costs: on SQLite and SQL Server nothing but its columns,
// in one tree; on PostgreSQL 28 bytes in the heap and 12 more in each tree.
public abstract partial class FhirDb
{
    private void RowTables(ModelBuilder model)
    {
        model.Entity<ResourceRow>(row =>
        {
            row.ToTable("resource");
            row.HasKey(r => r.Key);
            row.Property(r => r.Key).ValueGeneratedNever();
            row.Property(r => r.Id).HasMaxLength(66);
            row.HasIndex(r => new { r.Type, r.Id }).IsUnique();
            row.Ignore(r => r.Links);
            row.HasIndex(r => new { r.Compartment, r.Key });
            row.HasIndex(r => new { r.Updated, r.Key });
        });
        model.Entity<TokenRow>(row =>
        {
            row.ToTable("token");
            row.HasKey(r => new
            {
                r.Parameter,
                r.Code,
                r.Compartment,
                r.Key,
            });
        });
        model.Entity<ReferenceRow>(row =>
        {
            row.ToTable("reference");
            row.HasKey(r => new
            {
                r.Parameter,
                r.Target,
                r.Compartment,
                r.Key,
                r.Version,
            });
            row.HasIndex(r => new { r.Key, r.Parameter });
        });
        model.Entity<DateRow>(row =>
        {
            row.ToTable("date");
            row.HasKey(r => new
            {
                r.Compartment,
                r.Parameter,
                r.Key,
                r.Low,
                r.High,
            });
            row.HasIndex(r => new
            {
                r.Parameter,
                r.Low,
                r.High,
            });
        });
        model.Entity<QuantityRow>(row =>
        {
            row.ToTable("quantity");
            row.HasKey(r => new
            {
                r.Compartment,
                r.Parameter,
                r.Key,
                r.Unit,
                r.Low,
                r.High,
            });
            row.HasIndex(r => new
            {
                r.Parameter,
                r.Low,
                r.High,
            });
        });
        model.Entity<StringRow>(row =>
        {
            row.ToTable("string");
            row.HasKey(r => new
            {
                r.Parameter,
                r.Normalised,
                r.Compartment,
                r.Key,
                r.Exact,
            });
            row.HasIndex(r => new { r.Key, r.Parameter });
            Bytewise(row.Property(r => r.Normalised));
        });
        model.Entity<CompositeRow>(row =>
        {
            row.ToTable("composite");
            row.HasKey(r => new
            {
                r.Parameter,
                r.First,
                r.Compartment,
                r.Key,
                r.Ordinal,
            });
            row.Property(r => r.Text).HasMaxLength(IndexedLength);
        });
    }

    /// <summary>
    /// Tokens and references are lists of keys; other values have no tree that must be unique, so that equal beginnings are stored once
    /// (https://www.postgresql.org/docs/15/btree-implementation.html#BTREE-DEDUPLICATION). Columns stand in the order that wastes nothing on alignment.
    /// </summary>
    private void PostgresTables(ModelBuilder model)
    {
        model.Entity<ResourceRow>(row =>
        {
            row.ToTable("resource");
            row.HasKey(r => r.Key);
            row.Property(r => r.Key).ValueGeneratedNever();
            row.Property(r => r.Id).HasMaxLength(66);
            row.Property(r => r.Links).HasDefaultValueSql("'{}'");
            row.HasIndex(r => new { r.Type, r.Id }).IsUnique();
            row.HasIndex(r => new { r.Compartment, r.Type });
            row.HasIndex(r => r.Updated);
            InOrder(row, "Key", "Updated", "Version", "Compartment", "Shape", "Type", "StoredAs");
        });
        model.Entity<TokenPosting>(row =>
        {
            row.ToTable("token_posting");
            row.HasKey(r => new
            {
                r.Parameter,
                r.Code,
                r.Compartment,
                r.Chunk,
            });
        });
        model.Entity<ReferencePosting>(row =>
        {
            row.ToTable("reference_posting");
            row.HasKey(r => new
            {
                r.Parameter,
                r.Target,
                r.Compartment,
                r.Chunk,
                r.Version,
            });
            InOrder(row, "Target", "Parameter", "Compartment", "Chunk", "Version");
        });
        model.Entity<DateRow>(row =>
        {
            row.ToTable("date");
            row.HasNoKey();
            row.HasIndex(r => r.Key);
            row.HasIndex(r => new { r.Compartment, r.Parameter });
            row.HasIndex(r => new { r.Parameter, r.Low });
            InOrder(row, "Key", "Low", "High");
        });
        model.Entity<QuantityRow>(row =>
        {
            row.ToTable("quantity");
            row.HasNoKey();
            row.HasIndex(r => r.Key);
            row.HasIndex(r => new { r.Compartment, r.Parameter });
            row.HasIndex(r => new { r.Parameter, r.Low });
            InOrder(row, "Key", "Low", "High");
        });
        model.Entity<StringRow>(row =>
        {
            row.ToTable("string");
            row.HasNoKey();
            row.HasIndex(r => r.Key);
            row.HasIndex(r => new { r.Parameter, r.Normalised });
            Bytewise(row.Property(r => r.Normalised));
            InOrder(row, "Key", "Exact");
        });
        model.Entity<CompositeRow>(row =>
        {
            row.ToTable("composite");
            row.HasNoKey();
            row.HasIndex(r => new
            {
                r.Parameter,
                r.First,
                r.Compartment,
            });
            row.Property(r => r.Text).HasMaxLength(IndexedLength);
            InOrder(row, "Key", "First", "Second", "Low", "High", "ThirdLow", "ThirdHigh", "Exact");
        });
    }

    /// <summary>These columns first; the others after them.</summary>
    private static void InOrder<TRow>(EntityTypeBuilder<TRow> row, params string[] first)
        where TRow : class
    {
        for (var at = 0; at < first.Length; at++)
        {
            row.Property(first[at]).HasColumnOrder(at);
        }
    }
}
