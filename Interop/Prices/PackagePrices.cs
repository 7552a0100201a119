using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Interop.Prices;

/// <summary>Describes the files of a price list as a Frictionless data package (https://specs.frictionlessdata.io/data-package/), so that tools read the CSV with its types.</summary>
public sealed class PackagePrices(DownloadPrices prices) : IFeature
{
    public async Task<JsonObject> Run(
        string root,
        string facility,
        string? version,
        CancellationToken cancel
    )
    {
        var list = await prices.Asked(facility, version, cancel);
        var address = $"{root}/open-data/prices/{facility}";
        return new JsonObject
        {
            ["profile"] = "tabular-data-package",
            ["name"] = $"prices-{facility.ToLowerInvariant()}",
            ["id"] = $"{address}.json?version={list.Number}",
            ["title"] = $"Bảng giá {list.FacilityName}",
            ["version"] = list.Number.ToString(),
            ["created"] = list.PublishedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            ["licenses"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "CC-BY-4.0",
                    ["title"] = DownloadPrices.LicenceName,
                    ["path"] = DownloadPrices.LicenceUrl,
                }
            ),
            ["contributors"] = new JsonArray(
                new JsonObject { ["title"] = list.FacilityName, ["role"] = "publisher" }
            ),
            ["resources"] = new JsonArray(
                new JsonObject
                {
                    ["profile"] = "tabular-data-resource",
                    ["name"] = "prices",
                    ["path"] = $"{address}.csv?version={list.Number}",
                    ["format"] = "csv",
                    ["mediatype"] = "text/csv",
                    ["encoding"] = "utf-8",
                    ["dialect"] = new JsonObject { ["delimiter"] = ",", ["header"] = true },
                    ["schema"] = Schema(),
                }
            ),
        };
    }

    private static JsonObject Schema() =>
        new()
        {
            ["fields"] = new JsonArray([
                .. DownloadPrices.Fields.Select(field =>
                    (JsonNode)Field(field.Name, field.Meaning)
                ),
            ]),
            ["primaryKey"] = new JsonArray("item_kind", "code"),
            ["missingValues"] = new JsonArray(""),
        };

    private static JsonObject Field(string name, string meaning)
    {
        var field = new JsonObject
        {
            ["name"] = name,
            ["type"] = name.StartsWith("price_", StringComparison.Ordinal) ? "integer" : "string",
            ["description"] = meaning,
        };
        if (name == "item_kind")
        {
            field["constraints"] = new JsonObject
            {
                ["required"] = true,
                ["enum"] = new JsonArray("service", "drug", "device"),
            };
        }
        else if (name is "code" or "name" or "unit")
        {
            field["constraints"] = new JsonObject { ["required"] = true };
        }
        else if (name.StartsWith("price_", StringComparison.Ordinal))
        {
            field["constraints"] = new JsonObject { ["minimum"] = 0 };
        }
        return field;
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGroup("/open-data/prices/{facility}")
            .AllowAnonymous()
            .OpenToAllOrigins()
            .MapGet(
                "/datapackage.json",
                async (
                    HttpRequest request,
                    string facility,
                    string? version,
                    PackagePrices package,
                    CancellationToken cancel
                ) =>
                    Results.Bytes(
                        PriceFile.Bytes(
                            await package.Run(
                                $"{request.Scheme}://{request.Host}",
                                facility,
                                version,
                                cancel
                            )
                        ),
                        "application/json"
                    )
            );
}
