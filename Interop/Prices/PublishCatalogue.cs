using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Interop.Prices;

/// <summary>
/// What open data there is, for catalogues that harvest it: one dataset per facility's prices, and what other modules publish
/// (https://www.w3.org/TR/vocab-dcat-3/, in the profile DCAT-AP 3.0).
/// </summary>
public sealed class PublishCatalogue(
    IPriceLists lists,
    IEnumerable<IOpenDatasets> others,
    TimeProvider clock
) : IFeature
{
    private const string Themes = "http://publications.europa.eu/resource/authority/data-theme/";

    /// <param name="root">Address of this server, without a slash at its end.</param>
    public async Task<JsonObject> Run(string root, CancellationToken cancel)
    {
        var datasets = new JsonArray();
        foreach (var list in await lists.InForce(clock.Today(), cancel))
        {
            datasets.Add(Dataset(root, list));
        }
        foreach (var source in others)
        {
            foreach (var dataset in await source.List(cancel))
            {
                datasets.Add(Dataset(root, dataset));
            }
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
            ["dct:title"] = Vietnamese("Dữ liệu mở: giá dịch vụ y tế, thuốc, thiết bị và số liệu"),
            ["dct:description"] = Vietnamese(
                "Bảng giá đã công bố của từng cơ sở, theo phiên bản và ngày hiệu lực; số liệu thống kê đã duyệt."
            ),
            ["dct:publisher"] = new JsonObject
            {
                ["@id"] = $"{root}/",
                ["@type"] = "foaf:Agent",
                ["foaf:name"] = Vietnamese("Records"),
            },
            ["dct:language"] = Link(
                "http://publications.europa.eu/resource/authority/language/VIE"
            ),
            ["foaf:homepage"] = new JsonObject
            {
                ["@id"] = $"{root}/prices",
                ["@type"] = "foaf:Document",
            },
            ["dcat:themeTaxonomy"] = Link(
                "http://publications.europa.eu/resource/authority/data-theme"
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
                ["@type"] = new JsonArray("foaf:Agent", "foaf:Organization"),
                ["foaf:name"] = Vietnamese(list.FacilityName),
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
            ["dcat:theme"] = Link(Themes + "HEAL"),
            ["dcat:landingPage"] = new JsonObject
            {
                ["@id"] = $"{root}/prices?facility={list.Facility}&version={list.Number}",
                ["@type"] = "foaf:Document",
            },
            ["dct:license"] = Link(DownloadPrices.LicenceUrl),
            ["dcat:distribution"] = new JsonArray(
                Distribution(address + ".json", "application/json"),
                Distribution(address + ".parquet", "application/vnd.apache.parquet"),
                Distribution(address + "/datapackage.json", "application/json"),
                Distribution(address + "/charge-item-definitions.json", "application/fhir+json"),
                Distribution(address + "/standard-charges.json", "application/json"),
                Distribution(address + ".csv", "text/csv"),
                Distribution(
                    address + ".xlsx",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                )
            ),
        };
    }

    private static JsonObject Dataset(string root, OpenDataset dataset)
    {
        var temporal = new JsonObject
        {
            ["@type"] = "dct:PeriodOfTime",
            ["dcat:startDate"] = Typed("xsd:date", dataset.First.ToString("O")),
        };
        if (dataset.Last is { } last)
        {
            temporal["dcat:endDate"] = Typed("xsd:date", last.ToString("O"));
        }
        return new JsonObject
        {
            ["@id"] = $"{root}{dataset.Page}#{dataset.Identifier}",
            ["@type"] = "dcat:Dataset",
            ["dct:identifier"] = dataset.Identifier,
            ["dct:title"] = Vietnamese(dataset.Title),
            ["dct:description"] = Vietnamese(dataset.Description),
            ["dct:publisher"] = Link($"{root}/"),
            ["dct:modified"] = Typed("xsd:dateTime", dataset.Modified.InVietnam().ToString("O")),
            ["dct:temporal"] = temporal,
            ["dcat:theme"] = Link(Themes + dataset.Theme),
            ["dcat:landingPage"] = new JsonObject
            {
                ["@id"] = $"{root}{dataset.Page}",
                ["@type"] = "foaf:Document",
            },
            ["dcat:distribution"] = new JsonArray([
                .. dataset.Files.Select(file =>
                    (JsonNode)Distribution(root + file.Path, file.MediaType)
                ),
            ]),
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
