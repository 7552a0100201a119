using Health.Fhir.Store.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using SharedKernel.Persistence;

namespace Health.Fhir.Store;

/// <summary>
/// Schema and migrations of the FHIR store; what each table is for stands in the README beside this file. The hot path does not
/// go through EF Core: it writes and reads these tables with ADO.NET.
/// </summary>
public abstract partial class FhirDb(DbContextOptions options) : ModuleDb(options)
{
    public const string SchemaName = "fhir";

    public override string Schema => SchemaName;

    /// <summary>Longest text in an index column: SQL Server takes 1,700 bytes in a key, PostgreSQL 2,700.</summary>
    public const int IndexedLength = 400;

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<Rows.HistoryRow>(row =>
        {
            row.ToTable("history");
            row.HasKey(r => new { r.Key, r.Version });
            row.HasIndex(r => new
            {
                r.Updated,
                r.Key,
                r.Version,
            });
        });
        model.Entity<SharedRow>(row =>
        {
            row.ToTable("shared");
            row.HasKey(r => new { r.Compartment, r.Key });
        });
        if (Database.IsNpgsql())
        {
            PostgresTables(model);
        }
        else
        {
            RowTables(model);
        }
        model.Entity<CodeRow>(row =>
        {
            row.ToTable("code");
            Bytewise(row.Property(r => r.Code));
            Bytewise(row.Property(r => r.Text));
            row.HasIndex(r => new
                {
                    r.Code,
                    r.System,
                    r.Text,
                })
                .IsUnique();
            row.HasIndex(r => r.System);
            row.HasIndex(r => r.Text);
        });
        Interned<ParameterRow>(model, "parameter");
        Interned<SystemRow>(model, "system");
        Interned<UrlRow>(model, "url");
        model.Entity<ShapeRow>(row =>
        {
            row.ToTable("shape");
            row.Property(r => r.Hash).HasMaxLength(32);
            row.HasIndex(r => r.Hash).IsUnique();
        });
        model.Entity<CounterRow>(row =>
        {
            row.ToTable("counter");
            row.HasKey(r => r.Type);
            row.Property(r => r.Type).ValueGeneratedNever();
        });
        model.Entity<DictionaryRow>(row =>
        {
            row.ToTable("dictionary");
            row.Property(r => r.Id).ValueGeneratedNever();
        });
        model.Entity<ImportedFileRow>(row =>
        {
            row.ToTable("imported_file");
            row.HasKey(r => r.Hash);
            row.Property(r => r.Hash).HasMaxLength(64);
        });
        foreach (var entity in model.Model.GetEntityTypes())
        {
            if (entity.GetTableName() == "outbox")
            {
                continue;
            }
            foreach (var property in entity.GetProperties())
            {
                property.SetColumnName(SnakeCase(property.Name));
            }
        }
    }

    private void Interned<TRow>(ModelBuilder model, string table)
        where TRow : InternedRow =>
        model.Entity<TRow>(row =>
        {
            row.ToTable(table);
            Bytewise(row.Property(r => r.Text));
            row.HasIndex(r => r.Text).IsUnique();
        });

    // Prefix searches are ranges over the bytes of the text.
    private void Bytewise(PropertyBuilder<string> column)
    {
        column.HasMaxLength(IndexedLength);
        if (Database.IsNpgsql())
        {
            column.UseCollation("C");
        }
        else if (Database.IsSqlServer())
        {
            column.UseCollation("Latin1_General_100_BIN2_UTF8");
        }
    }

    private static string SnakeCase(string name) =>
        string.Concat(
                name.Select(
                    (letter, at) => at > 0 && char.IsUpper(letter) ? "_" + letter : $"{letter}"
                )
            )
            .ToLowerInvariant();
}

public sealed class FhirDbSqlite : FhirDb
{
    public FhirDbSqlite()
        : base(Providers.Offline<FhirDbSqlite>(DatabaseProvider.Sqlite, SchemaName)) { }

    public FhirDbSqlite(DbContextOptions<FhirDbSqlite> options)
        : base(options) { }

    protected override void OnConfiguring(DbContextOptionsBuilder options) =>
        options.ReplaceService<IMigrationsSqlGenerator, WithoutRowid>();

    /// <summary>
    /// The index tables are nothing but their key: https://www.sqlite.org/withoutrowid.html. EF Core has no word for it.
    /// </summary>
#pragma warning disable EF1001 // the constructor's second argument is internal to the provider
    private sealed class WithoutRowid(
        MigrationsSqlGeneratorDependencies dependencies,
        IRelationalAnnotationProvider annotations
    ) : SqliteMigrationsSqlGenerator(dependencies, annotations)
#pragma warning restore EF1001
    {
        private static readonly HashSet<string> Tables =
        [
            "token",
            "reference",
            "date",
            "quantity",
            "string",
            "composite",
            "shared",
        ];

        protected override void Generate(
            CreateTableOperation operation,
            IModel? model,
            MigrationCommandListBuilder builder,
            bool terminate = true
        )
        {
            if (!Tables.Contains(operation.Name))
            {
                base.Generate(operation, model, builder, terminate);
                return;
            }
            base.Generate(operation, model, builder, terminate: false);
            builder.AppendLine(" WITHOUT ROWID;");
            EndStatement(builder);
        }
    }
}

public sealed class FhirDbPostgres : FhirDb
{
    public FhirDbPostgres()
        : base(Providers.Offline<FhirDbPostgres>(DatabaseProvider.Postgres, SchemaName)) { }

    public FhirDbPostgres(DbContextOptions<FhirDbPostgres> options)
        : base(options) { }
}

public sealed class FhirDbSqlServer : FhirDb
{
    public FhirDbSqlServer()
        : base(Providers.Offline<FhirDbSqlServer>(DatabaseProvider.SqlServer, SchemaName)) { }

    public FhirDbSqlServer(DbContextOptions<FhirDbSqlServer> options)
        : base(options) { }
}
