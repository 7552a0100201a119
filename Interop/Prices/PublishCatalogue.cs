using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Interop.Prices;

/// <summary>What open data there is, for catalogues that harvest it: one dataset per facility (https://www.w3.org/TR/vocab-dcat-3/).</summary>
public sealed class PublishCatalogue(IPriceLists lists, TimeProvider clock) : IFeature
{
    /// <param name="root">Address of this server, without a slash at its end.</param>
    public async Task<JsonObject> Run(string root, CancellationToken cancel)
    {
        var datasets = new JsonArray();
        foreach (var list in await lists.InForce(clock.Today(), cancel))
        {
            datasets.Add(Dataset(root, list));
        }
        return new JsonObject
        {
            ["@context"] = new JsonObject
            {
                ["dcat"] = "http://www.w3.org/ns/dcat#",
                ["dct"] = "http://purl.org/dc/terms/",
                ["foaf"] = "http://xmlns.com/foaf/0.1/",
                ["xsd"] = "http://www.w3.org/2001/XMLSchema#",
            },
            ["@id"] = $"{root}/open-data/catalog.jsonld",
            ["@type"] = "dcat:Catalog",
            ["dct:title"] = Vietnamese("Dữ liệu mở: giá dịch vụ y tế, thuốc và thiết bị"),
            ["dct:description"] = Vietnamese(
                "Bảng giá đã công bố của từng cơ sở, theo phiên bản và ngày hiệu lực."
            ),
            ["dct:license"] = Link(DownloadPrices.LicenceUrl),
            ["dcat:dataset"] = datasets,
        };
    }

    private static JsonObject Dataset(string root, PriceListVersion list)
    {
        var address = $"{root}/open-data/prices/{list.Facility}";
        return new JsonObject
        {
            ["@id"] = $"{root}/prices?facility={list.Facility}",
            ["@type"] = "dcat:Dataset",
            ["dct:identifier"] = $"prices-{list.Facility}",
            ["dct:title"] = Vietnamese($"Bảng giá {list.FacilityName}"),
            ["dct:description"] = Vietnamese(
                $"Phiên bản {list.Number}, {list.Lines} dòng, có hiệu lực từ {list.ValidFrom:dd/MM/yyyy}."
            ),
            ["dct:publisher"] = new JsonObject
            {
                ["@type"] = "foaf:Organization",
                ["foaf:name"] = list.FacilityName,
                ["dct:identifier"] = list.Facility,
            },
            ["dcat:version"] = list.Number.ToString(),
            ["dct:issued"] = Typed("xsd:date", list.ValidFrom.ToString("O")),
            ["dct:modified"] = Typed("xsd:dateTime", list.PublishedAt.InVietnam().ToString("O")),
            ["dct:temporal"] = new JsonObject
            {
                ["@type"] = "dct:PeriodOfTime",
                ["dcat:startDate"] = Typed("xsd:date", list.ValidFrom.ToString("O")),
            },
            ["dct:license"] = Link(DownloadPrices.LicenceUrl),
            ["dcat:distribution"] = new JsonArray(
                Distribution(address + ".json", "application/json"),
                Distribution(address + ".csv", "text/csv"),
                Distribution(
                    address + ".xlsx",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                )
            ),
        };
    }

    private static JsonObject Distribution(string address, string mediaType) =>
        new()
        {
            ["@type"] = "dcat:Distribution",
            ["dcat:accessURL"] = Link(address),
            ["dcat:downloadURL"] = Link(address),
            ["dcat:mediaType"] = Link($"https://www.iana.org/assignments/media-types/{mediaType}"),
            ["dct:license"] = Link(DownloadPrices.LicenceUrl),
        };

    private static JsonObject Vietnamese(string text) =>
        new() { ["@language"] = "vi", ["@value"] = text };

    private static JsonObject Typed(string type, string value) =>
        new() { ["@type"] = type, ["@value"] = value };

    private static JsonObject Link(string address) => new() { ["@id"] = address };

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGroup("/open-data")
            .AllowAnonymous()
            .OpenToAllOrigins()
            .MapGet(
                "/catalog.jsonld",
                async (HttpRequest request, PublishCatalogue catalogue, CancellationToken cancel) =>
                    Results.Json(
                        await catalogue.Run($"{request.Scheme}://{request.Host}", cancel),
                        contentType: "application/ld+json"
                    )
            );
}
