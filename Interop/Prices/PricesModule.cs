using MudBlazor;
using SharedKernel.Modules;

namespace Interop.Prices;

/// <summary>Publishes the price lists that Payments holds.</summary>
public sealed class PricesModule : IModule
{
    public Part Part => Part.Interop;

    public void Register(ModuleBuilder module) =>
        module
            .Feature<DownloadPrices>()
            .Feature<PackagePrices>()
            .Feature<DefineCharges>()
            .Feature<ListStandardCharges>()
            .Feature<ReadPriceChanges>()
            .Feature<SignPrices>()
            .Feature<ComparePrices>()
            .Feature<PublishCatalogue>()
            .Pages<PricesModule>()
            .Menu(
                new MenuItem(
                    Part.Interop,
                    "Giá công khai",
                    "Public prices",
                    "/prices",
                    Icons.Material.Outlined.PriceCheck,
                    null
                )
            );
}
