using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Interop.Prices;

/// <summary>A price list as FHIR R4 ChargeItemDefinitions (https://hl7.org/fhir/R4/chargeitemdefinition.html): one for each item, one price component for each kind of price that is offered.</summary>
public sealed class DefineCharges(DownloadPrices prices, IPriceLists lists) : IFeature
{
    private const string Core = "http://fhir.ehealth.gov.vn/core";

    public async Task<JsonObject> Run(string facility, string? version, CancellationToken cancel)
    {
        var list = await prices.Asked(facility, version, cancel);
        var entries = new JsonArray();
        await foreach (var line in lists.Lines(list, cancel))
        {
            entries.Add(new JsonObject { ["resource"] = Definition(list, line) });
        }
        return new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["type"] = "collection",
            ["timestamp"] = list.PublishedAt.InVietnam().ToString("yyyy-MM-dd'T'HH:mm:sszzz"),
            ["entry"] = entries,
        };
    }

    private static JsonObject Definition(PriceListVersion list, PriceLine line)
    {
        var period = new JsonObject { ["start"] = PriceFile.Day(list.ValidFrom) };
        if (list.ValidTo is { } last)
        {
            period["end"] = PriceFile.Day(last);
        }
        return new()
        {
            ["resourceType"] = "ChargeItemDefinition",
            ["url"] =
                $"{Core}/ChargeItemDefinition/{list.Facility}-{PriceFile.Lower(line.ItemKind)}-{Uri.EscapeDataString(line.Code)}",
            ["version"] = list.Number.ToString(),
            ["title"] = line.Name,
            ["status"] = "active",
            ["publisher"] = list.FacilityName,
            ["effectivePeriod"] = period,
            ["code"] = new JsonObject
            {
                ["coding"] = new JsonArray(
                    new JsonObject
                    {
                        ["system"] =
                            $"{Core}/CodeSystem/prices-{list.Facility}-{PriceFile.Lower(line.ItemKind)}",
                        ["code"] = line.Code,
                        ["display"] = line.Name,
                    }
                ),
            },
            ["propertyGroup"] = new JsonArray(
                new JsonObject
                {
                    ["priceComponent"] = new JsonArray([
                        .. Enum.GetValues<PriceKind>()
                            .Where(kind => line.Price(kind) is not null)
                            .Select(kind =>
                                (JsonNode)
                                    new JsonObject
                                    {
                                        ["type"] = "base",
                                        ["code"] = new JsonObject
                                        {
                                            ["coding"] = new JsonArray(
                                                new JsonObject
                                                {
                                                    ["system"] = $"{Core}/CodeSystem/price-kind",
                                                    ["code"] = kind.ToString(),
                                                }
                                            ),
                                        },
                                        ["amount"] = new JsonObject
                                        {
                                            ["value"] = line.Price(kind),
                                            ["currency"] = "VND",
                                        },
                                    }
                            ),
                    ]),
                }
            ),
        };
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGroup("/open-data/prices/{facility}")
            .AllowAnonymous()
            .OpenToAllOrigins()
            .MapGet(
                "/charge-item-definitions.json",
                async (
                    string facility,
                    string? version,
                    DefineCharges define,
                    CancellationToken cancel
                ) =>
                    Results.Bytes(
                        PriceFile.Bytes(await define.Run(facility, version, cancel)),
                        "application/fhir+json"
                    )
            );
}
