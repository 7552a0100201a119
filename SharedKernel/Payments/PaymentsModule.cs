using MudBlazor;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Payments.PriceLists;

namespace SharedKernel.Payments;

/// <summary>Price lists and fee plans in force; invoices and receipts.</summary>
public sealed class PaymentsModule : IModule
{
    public Part Part => Part.Kernel;

    public void Register(ModuleBuilder module) =>
        module
            .Db<PaymentsDb, PaymentsSqlite, PaymentsPostgres, PaymentsSqlServer>(
                PaymentsDb.SchemaName
            )
            .Feature<EditPriceDraft>()
            .Feature<ImportPriceList>()
            .Feature<PublishPriceList>()
            .Feature<ReadPriceLists>()
            .Pages<PaymentsModule>()
            .Menu(
                new MenuItem(
                    Part.Kernel,
                    "Bảng giá của cơ sở",
                    "Our price list",
                    "/price-lists",
                    Icons.Material.Outlined.RequestQuote,
                    Permission.ManagePrices
                )
            );
}
