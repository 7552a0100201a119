using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Interop.Prices;

/// <summary>What changed in a facility's prices from the version before, or from any other: added, changed and removed items.</summary>
public sealed class ReadPriceChanges(DownloadPrices prices, IPriceLists lists) : IFeature
{
    /// <param name="version">The later one; the one in force when left out.</param>
    /// <param name="from">The earlier one; the one before when left out.</param>
    public async Task<JsonObject> Run(
        string facility,
        string? version,
        string? from,
        CancellationToken cancel
    )
    {
        var after = await prices.Asked(facility, version, cancel);
        var earlier = from ?? (after.Number - 1).ToString(CultureInfo.InvariantCulture);
        if (after.Number == 1 && from is null)
        {
            throw new NotFound(T.Of("Phiên bản trước phiên bản 1", "A version before version 1"));
        }
        var before = await prices.Asked(facility, earlier, cancel);
        var old = new Dictionary<(PriceItemKind, string), PriceLine>();
        await foreach (var line in lists.Lines(before, cancel))
        {
            old[(line.ItemKind, line.Code)] = line;
        }
        var (added, changed, unchanged) = (new JsonArray(), new JsonArray(), 0);
        await foreach (var line in lists.Lines(after, cancel))
        {
            if (!old.Remove((line.ItemKind, line.Code), out var was))
            {
                added.Add(Item(line));
            }
            else if (was != line)
            {
                changed.Add(new JsonObject { ["before"] = Item(was), ["after"] = Item(line) });
            }
            else
            {
                unchanged++;
            }
        }
        return new JsonObject
        {
            ["facilityCode"] = facility,
            ["from"] = before.Number,
            ["to"] = after.Number,
            ["validFrom"] = PriceFile.Day(after.ValidFrom),
            ["added"] = added,
            ["changed"] = changed,
            ["removed"] = new JsonArray([.. old.Values.Select(line => (JsonNode)Item(line))]),
            ["unchanged"] = unchanged,
        };
    }

    private static JsonObject Item(PriceLine line) =>
        new()
        {
            ["itemKind"] = PriceFile.Lower(line.ItemKind),
            ["code"] = line.Code,
            ["name"] = line.Name,
            ["unit"] = line.Unit,
            ["registrationNumber"] = line.Registration,
            ["priceInsurance"] = line.Insurance,
            ["priceSelfPay"] = line.SelfPay,
            ["priceOnDemand"] = line.OnDemand,
            ["priceSupport"] = line.Support,
        };

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGroup("/open-data/prices/{facility}")
            .AllowAnonymous()
            .OpenToAllOrigins()
            .MapGet(
                "/changes.json",
                async (
                    string facility,
                    string? version,
                    string? from,
                    ReadPriceChanges changes,
                    CancellationToken cancel
                ) =>
                    Results.Bytes(
                        PriceFile.Bytes(await changes.Run(facility, version, from, cancel)),
                        "application/json"
                    )
            );
}
