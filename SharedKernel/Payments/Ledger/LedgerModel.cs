using Microsoft.EntityFrameworkCore;
using SharedKernel.Payments.Closing;
using SharedKernel.Payments.Invoices;
using SharedKernel.Payments.Transfers;

namespace SharedKernel.Payments.Ledger;

/// <summary>Tables of the ledger and of what it tells about.</summary>
internal static class LedgerModel
{
    /// <summary>Codes of facilities have 5 characters, those of schools up to 20.</summary>
    private const int OrganisationLength = 20;
    private const int NameLength = 300;
    private const int EnumLength = 20;
    private const int IdLength = 200;

    public static void Configure(ModelBuilder model)
    {
        Invoices(model);
        Entries(model);
        model.Entity<BankTransfer>(row =>
        {
            row.ToTable("bank_transfers");
            row.Property(transfer => transfer.Id).ValueGeneratedNever();
            row.HasIndex(transfer => new { transfer.Bank, transfer.Transaction }).IsUnique();
            row.HasIndex(transfer => new { transfer.Bank, transfer.Reverses });
            row.HasIndex(transfer => new { transfer.Organisation, transfer.State });
            row.Property(transfer => transfer.Bank).HasMaxLength(50);
            row.Property(transfer => transfer.Transaction).HasMaxLength(100);
            row.Property(transfer => transfer.Organisation).HasMaxLength(OrganisationLength);
            row.Property(transfer => transfer.Account).HasMaxLength(19);
            row.Property(transfer => transfer.Content).HasMaxLength(1000);
            row.Property(transfer => transfer.Reverses).HasMaxLength(100);
            row.Property(transfer => transfer.State)
                .HasConversion<string>()
                .HasMaxLength(EnumLength);
        });
        model.Entity<DayClosing>(row =>
        {
            row.ToTable("day_closings");
            row.HasKey(closing => new { closing.Organisation, closing.Day });
            row.Property(closing => closing.Organisation).HasMaxLength(OrganisationLength);
            row.Property(closing => closing.ClosedById).HasMaxLength(IdLength);
            row.Property(closing => closing.ClosedBy).HasMaxLength(IdLength);
        });
    }

    private static void Invoices(ModelBuilder model)
    {
        model.Entity<PayeeAccount>(row =>
        {
            row.ToTable("payee_accounts");
            row.HasKey(account => account.Organisation);
            row.HasIndex(account => new { account.Bin, account.Account }).IsUnique();
            row.Property(account => account.Organisation).HasMaxLength(OrganisationLength);
            row.Property(account => account.Bin).HasMaxLength(6);
            row.Property(account => account.Account).HasMaxLength(19);
            row.Property(account => account.Holder).HasMaxLength(NameLength);
            row.Property(account => account.Revision).IsConcurrencyToken();
        });
        model.Entity<StoredInvoice>(row =>
        {
            row.ToTable("invoices");
            row.Property(invoice => invoice.Id).ValueGeneratedNever();
            row.HasIndex(invoice => invoice.Reference).IsUnique();
            row.HasIndex(invoice => new { invoice.Organisation, invoice.Key }).IsUnique();
            row.HasIndex(invoice => invoice.Source);
            row.HasIndex(invoice => invoice.Payer);
            row.Property(invoice => invoice.Organisation).HasMaxLength(OrganisationLength);
            row.Property(invoice => invoice.PayeeName).HasMaxLength(NameLength);
            row.Property(invoice => invoice.Key).HasMaxLength(IdLength);
            row.Property(invoice => invoice.Reference).HasMaxLength(25);
            row.Property(invoice => invoice.Purpose)
                .HasConversion<string>()
                .HasMaxLength(EnumLength);
            row.Property(invoice => invoice.PayerName).HasMaxLength(NameLength);
            row.Property(invoice => invoice.Source).HasMaxLength(IdLength);
            row.HasMany(invoice => invoice.Lines)
                .WithOne()
                .HasForeignKey(line => line.Invoice)
                .OnDelete(DeleteBehavior.Restrict);
            row.HasOne(invoice => invoice.Balance)
                .WithOne()
                .HasForeignKey<InvoiceBalance>(balance => balance.Invoice)
                .OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<StoredInvoiceLine>(row =>
        {
            row.ToTable("invoice_lines");
            row.HasKey(line => new { line.Invoice, line.Position });
            row.Property(line => line.ItemKind).HasConversion<string>().HasMaxLength(EnumLength);
            row.Property(line => line.PriceKind).HasConversion<string>().HasMaxLength(EnumLength);
            row.Property(line => line.Code).HasMaxLength(PriceLists.CheckPriceLine.CodeLength);
            row.Property(line => line.Name).HasMaxLength(PriceLists.CheckPriceLine.NameLength);
            row.Property(line => line.Unit).HasMaxLength(PriceLists.CheckPriceLine.UnitLength);
        });
        model.Entity<InvoiceBalance>(row =>
        {
            row.ToTable("invoice_balances");
            row.HasKey(balance => balance.Invoice);
            row.HasIndex(balance => new { balance.Organisation, balance.State });
            row.Property(balance => balance.Organisation).HasMaxLength(OrganisationLength);
            row.Property(balance => balance.State).HasConversion<string>().HasMaxLength(EnumLength);
        });
    }

    private static void Entries(ModelBuilder model)
    {
        model.Entity<LedgerHead>(row =>
        {
            row.ToTable("ledger_heads");
            row.HasKey(head => head.Organisation);
            row.Property(head => head.Organisation).HasMaxLength(OrganisationLength);
            row.Property(head => head.Revision).IsConcurrencyToken();
        });
        model.Entity<LedgerEntry>(row =>
        {
            row.ToTable("ledger_entries");
            row.HasKey(entry => new { entry.Organisation, entry.Number });
            row.HasIndex(entry => new { entry.Organisation, entry.Day });
            row.HasIndex(entry => entry.Invoice);
            row.HasIndex(entry => entry.Transfer);
            row.Property(entry => entry.Organisation).HasMaxLength(OrganisationLength);
            row.Property(entry => entry.Kind).HasConversion<string>().HasMaxLength(EnumLength);
            row.Property(entry => entry.Channel).HasConversion<string>().HasMaxLength(EnumLength);
            row.Property(entry => entry.ById).HasMaxLength(IdLength);
            row.Property(entry => entry.By).HasMaxLength(IdLength);
            row.Property(entry => entry.Reason).HasMaxLength(1000);
            row.HasMany(entry => entry.Postings)
                .WithOne()
                .HasForeignKey(posting => new { posting.Organisation, posting.Number })
                .OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<Posting>(row =>
        {
            row.ToTable("ledger_postings");
            row.HasKey(posting => new
            {
                posting.Organisation,
                posting.Number,
                posting.Position,
            });
            row.HasIndex(posting => posting.Invoice);
            row.Property(posting => posting.Organisation).HasMaxLength(OrganisationLength);
            row.Property(posting => posting.Account)
                .HasConversion<string>()
                .HasMaxLength(EnumLength);
            row.Property(posting => posting.Party).HasMaxLength(50);
        });
        model.Entity<ReceiptSeries>(row =>
        {
            row.ToTable("receipt_series");
            row.HasKey(series => new { series.Organisation, series.Year });
            row.Property(series => series.Organisation).HasMaxLength(OrganisationLength);
        });
        model.Entity<Receipt>(row =>
        {
            row.ToTable("receipts");
            row.HasKey(receipt => new
            {
                receipt.Organisation,
                receipt.Year,
                receipt.Number,
            });
            row.HasIndex(receipt => receipt.Invoice);
            row.Property(receipt => receipt.Organisation).HasMaxLength(OrganisationLength);
            row.Property(receipt => receipt.Channel)
                .HasConversion<string>()
                .HasMaxLength(EnumLength);
            row.Property(receipt => receipt.PayerName).HasMaxLength(NameLength);
        });
    }
}
