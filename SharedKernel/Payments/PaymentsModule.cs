using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Payments.Closing;
using SharedKernel.Payments.Invoices;
using SharedKernel.Payments.Ledger;
using SharedKernel.Payments.PriceLists;
using SharedKernel.Payments.Transfers;

namespace SharedKernel.Payments;

/// <summary>Price lists in force; invoices, what was paid for them, receipts; hospital fees and tuition alike.</summary>
public sealed class PaymentsModule : IModule
{
    public Part Part => Part.Kernel;

    public void Register(ModuleBuilder module)
    {
        module.Services.AddScoped<LedgerWriter>();
        module
            .Db<PaymentsDb, PaymentsSqlite, PaymentsPostgres, PaymentsSqlServer>(
                PaymentsDb.SchemaName
            )
            .Feature<EditPriceDraft>()
            .Feature<ImportPriceList>()
            .Feature<PublishPriceList>()
            .Feature<ReadPriceLists>()
            .Feature<SetPayeeAccount>()
            .Feature<ReadInvoices>()
            .Feature<IssueInvoice>()
            .Feature<TakePayment>()
            .Feature<PrintReceipt>()
            .Feature<ReceiveTransfer>()
            .Feature<MatchTransfer>()
            .Feature<CloseDay>()
            .Pages<PaymentsModule>()
            .Menu(
                new MenuItem(
                    Part.Kernel,
                    "Bảng giá của cơ sở",
                    "Our price list",
                    "/price-lists",
                    Icons.Material.Outlined.RequestQuote,
                    Permission.ManagePrices
                ),
                new MenuItem(
                    Part.Kernel,
                    "Thu ngân",
                    "Cashier",
                    "/cashier",
                    Icons.Material.Outlined.PointOfSale,
                    Permission.TakePayments
                ),
                new MenuItem(
                    Part.Kernel,
                    "Khoản phải trả của tôi",
                    "My bills",
                    "/my/bills",
                    Icons.Material.Outlined.ReceiptLong,
                    // Whoever has a record of their own has bills of their own.
                    Permission.ReadOwnAudit
                ),
                new MenuItem(
                    Part.Kernel,
                    "Tài khoản nhận tiền",
                    "Payee accounts",
                    "/administration/payee-accounts",
                    Icons.Material.Outlined.AccountBalance,
                    Permission.Administer
                )
            );
    }
}
