using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Payments.Closing;
using SharedKernel.Payments.Invoices;
using SharedKernel.Payments.Ledger;
using SharedKernel.Payments.PriceLists;
using SharedKernel.Payments.Transfers;
using SharedKernel.Persistence;

namespace SharedKernel.Payments;

/// <summary>
/// Price lists: the draft of each facility and its published versions, which only ever grow; and the ledger of what was charged and
/// paid, which only ever grows too.
/// </summary>
public abstract class PaymentsDb(DbContextOptions options) : ModuleDb(options)
{
    public const string SchemaName = "payments";

    public override string Schema => SchemaName;

    public DbSet<PriceListOwner> Owners => Set<PriceListOwner>();
    public DbSet<DraftLine> DraftLines => Set<DraftLine>();
    public DbSet<PriceListUpload> Uploads => Set<PriceListUpload>();
    public DbSet<PublishedVersion> Versions => Set<PublishedVersion>();
    public DbSet<PublishedLine> PublishedLines => Set<PublishedLine>();
    public DbSet<PayeeAccount> Accounts => Set<PayeeAccount>();
    public DbSet<StoredInvoice> Invoices => Set<StoredInvoice>();
    public DbSet<InvoiceBalance> Balances => Set<InvoiceBalance>();
    public DbSet<BankTransfer> Transfers => Set<BankTransfer>();
    public DbSet<LedgerHead> Heads => Set<LedgerHead>();
    public DbSet<LedgerEntry> Entries => Set<LedgerEntry>();
    public DbSet<Posting> Postings => Set<Posting>();
    public DbSet<ReceiptSeries> ReceiptSeries => Set<ReceiptSeries>();
    public DbSet<Receipt> Receipts => Set<Receipt>();
    public DbSet<DayClosing> Closings => Set<DayClosing>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<PriceListOwner>(row =>
        {
            row.ToTable("price_list_owners");
            row.HasKey(owner => owner.Facility);
            row.Property(owner => owner.Facility).HasMaxLength(10);
            row.Property(owner => owner.Name).HasMaxLength(300);
            row.Property(owner => owner.Revision).IsConcurrencyToken();
        });
        model.Entity<DraftLine>(row =>
        {
            row.ToTable("price_draft_lines");
            row.HasKey(line => new
            {
                line.Facility,
                line.ItemKind,
                line.Code,
            });
            row.HasOne<PriceListOwner>().WithMany().HasForeignKey(line => line.Facility);
            StoredLine.Configure(row);
        });
        model.Entity<PriceListUpload>(row =>
        {
            row.ToTable("price_uploads");
            row.Property(upload => upload.Id).ValueGeneratedNever();
            row.Property(upload => upload.Facility).HasMaxLength(10);
            row.Property(upload => upload.FileName).HasMaxLength(300);
            row.HasOne<PriceListOwner>().WithMany().HasForeignKey(upload => upload.Facility);
        });
        model.Entity<PublishedVersion>(row =>
        {
            row.ToTable("price_versions");
            row.HasKey(version => new { version.Facility, version.Number });
            row.HasIndex(version => new { version.Facility, version.ValidFrom }).IsUnique();
            row.Property(version => version.Facility).HasMaxLength(10);
            row.Property(version => version.FacilityName).HasMaxLength(300);
            row.Property(version => version.PublishedById).HasMaxLength(200);
            row.Property(version => version.PublishedBy).HasMaxLength(200);
            row.Property(version => version.ContentHash).HasMaxLength(64);
        });
        model.Entity<PublishedLine>(row =>
        {
            row.ToTable("price_lines");
            row.HasKey(line => new
            {
                line.Facility,
                line.Number,
                line.Position,
            });
            row.HasIndex(line => new
                {
                    line.Facility,
                    line.Number,
                    line.ItemKind,
                    line.Code,
                })
                .IsUnique();
            row.HasOne<PublishedVersion>()
                .WithMany()
                .HasForeignKey(line => new { line.Facility, line.Number })
                .OnDelete(DeleteBehavior.Restrict);
            StoredLine.Configure(row);
        });
        LedgerModel.Configure(model);
    }

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        RefuseToChangeTheWritten();
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    public override Task<int> SaveChangesAsync(
        bool acceptAllChangesOnSuccess,
        CancellationToken cancellationToken = default
    )
    {
        RefuseToChangeTheWritten();
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    private void RefuseToChangeTheWritten()
    {
        if (
            ChangeTracker
                .Entries<IPublished>()
                .Any(entry => entry.State is EntityState.Modified or EntityState.Deleted)
        )
        {
            throw new Conflict("A published price list never changes: publish a new version.");
        }
        if (
            ChangeTracker
                .Entries<ILedgerRow>()
                .Any(entry => entry.State is EntityState.Modified or EntityState.Deleted)
        )
        {
            throw new Conflict("The ledger only grows: enter the reverse instead.");
        }
    }
}

/// <summary>Rows that are written once.</summary>
public interface IPublished;

public sealed class PaymentsSqlite : PaymentsDb
{
    public PaymentsSqlite()
        : base(Providers.Offline<PaymentsSqlite>(DatabaseProvider.Sqlite, SchemaName)) { }

    public PaymentsSqlite(DbContextOptions<PaymentsSqlite> options)
        : base(options) { }
}

public sealed class PaymentsPostgres : PaymentsDb
{
    public PaymentsPostgres()
        : base(Providers.Offline<PaymentsPostgres>(DatabaseProvider.Postgres, SchemaName)) { }

    public PaymentsPostgres(DbContextOptions<PaymentsPostgres> options)
        : base(options) { }
}

public sealed class PaymentsSqlServer : PaymentsDb
{
    public PaymentsSqlServer()
        : base(Providers.Offline<PaymentsSqlServer>(DatabaseProvider.SqlServer, SchemaName)) { }

    public PaymentsSqlServer(DbContextOptions<PaymentsSqlServer> options)
        : base(options) { }
}
