using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Documents.Signing;
using Testing;

namespace Interop.Tests.Prices;

/// <summary>The further formats of a price list, each read by somebody else's reader.</summary>
public sealed class OpenFormatTests(ClockedServer server) : IClassFixture<ClockedServer>
{
    private static int facilities = 60000;

    private readonly string facility = Interlocked.Increment(ref facilities).ToString();

    private string Data => $"/open-data/prices/{facility}";

    [Fact]
    public async Task DuckDB_reads_the_Parquet_file_with_its_types()
    {
        await Publish("2026-11-23", 43_900);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(
                file,
                await server.Client.GetByteArrayAsync($"{Data}.parquet"),
                TestContext.Current.CancellationToken
            );
            await using var duck = new DuckDBConnection("DataSource=:memory:");
            duck.Open();
            await using var query = duck.CreateCommand();
            query.CommandText =
                $"SELECT item_kind, code, name, price_insurance, price_on_demand, typeof(price_self_pay) FROM read_parquet('{file}') ORDER BY item_kind, code";
            await using var rows = await query.ExecuteReaderAsync();
            var read = new List<string>();
            while (await rows.ReadAsync())
            {
                read.Add(
                    string.Join(
                        '|',
                        Enumerable
                            .Range(0, 6)
                            .Select(at => rows.IsDBNull(at) ? "" : rows.GetValue(at))
                    )
                );
            }
            Assert.Equal(
                ["drug|T1|Thuốc A|||BIGINT", "service|SA.001|Siêu âm ổ bụng|43900|150000|BIGINT"],
                read
            );
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_data_package_describes_the_csv_as_it_is()
    {
        await Publish("2026-11-23", 43_900);
        var package = (
            await server.Client.GetFromJsonAsync<JsonObject>($"{Data}/datapackage.json")
        )!;
        var resource = package["resources"]![0]!;
        var csv = (await server.Client.GetStringAsync((string?)resource["path"]))
            .TrimStart('\uFEFF')
            .Split("\r\n");
        Assert.Equal(
            csv[0].Split(','),
            resource["schema"]!["fields"]!.AsArray().Select(field => (string?)field!["name"])
        );
        // Whatever the schema calls an integer is one or missing.
        var types = resource["schema"]!["fields"]!
            .AsArray()
            .Select(field => (string?)field!["type"])
            .ToList();
        foreach (var line in csv.Skip(1).Where(line => line.Length > 0))
        {
            Assert.All(
                line.Split(',')
                    .Zip(types)
                    .Where(cell => cell is { Second: "integer", First.Length: > 0 }),
                cell => Assert.True(long.TryParse(cell.First, out _), line)
            );
        }
    }

    [Fact]
    public async Task Firely_reads_the_charge_item_definitions()
    {
        await Publish("2026-11-23", 43_900);
        var bundle = new FhirJsonDeserializer().Deserialize<Bundle>(
            await server.Client.GetStringAsync($"{Data}/charge-item-definitions.json")
        );
        var definitions = bundle
            .Entry.Select(entry => (ChargeItemDefinition)entry.Resource!)
            .ToList();
        Assert.Equal(2, definitions.Count);
        var scan = definitions.Single(one => one.Title == "Siêu âm ổ bụng");
        Assert.Equal(
            [43_900m, 150_000m],
            scan.PropertyGroup[0].PriceComponent.Select(price => price.Amount!.Value!.Value)
        );
    }

    [Fact]
    public async Task The_US_validator_finds_nothing_but_that_VN_is_no_US_state()
    {
        await Publish("2026-11-23", 43_900);
        var result = JsonNode.Parse(
            await NodeScript.Run(
                "@cmsgov/hpt-validator@2.4.0",
                """
                import { validateJson } from '@cmsgov/hpt-validator';
                const result = await validateJson(process.stdin, 'v3.0.0');
                console.log(JSON.stringify(result.errors.map(error => error.path)));
                """,
                await server.Client.GetStringAsync($"{Data}/standard-charges.json"),
                TestContext.Current.CancellationToken
            )
        )!;
        Assert.Equal(
            ["/license_information/state"],
            result.AsArray().Select(path => (string?)path)
        );
    }

    [Fact]
    public async Task The_catalogue_is_what_DCAT_AP_asks_for()
    {
        await Publish("2026-11-23", 43_900);
        var catalogue = JsonNode.Parse(
            await server.Client.GetStringAsync("/open-data/catalog.jsonld")
        )!;
        const string script = """
            import jsonld from 'jsonld';
            import { Parser } from 'n3';
            import rdf from '@zazuko/env-node';
            import SHACLValidator from 'rdf-validate-shacl';
            import fs from 'fs';
            const input = JSON.parse(fs.readFileSync(0, 'utf8'));
            const quads = await jsonld.toRDF(input.catalogue, { format: 'application/n-quads' });
            const data = rdf.dataset(new Parser({ format: 'N-Quads' }).parse(quads));
            const shapes = rdf.dataset(new Parser().parse(input.shapes));
            const report = await new SHACLValidator(shapes, { factory: rdf }).validate(data);
            console.log(JSON.stringify({ quads: data.size, errors: report.results.map(one => `${one.focusNode?.value} ${one.path?.value ?? one.path}`) }));
            """;
        var report = await Validate();
        Assert.True((int)report["quads"]! > 30);
        Assert.Empty(report["errors"]!.AsArray());

        // The shapes do bite: without its publisher it is refused.
        catalogue.AsObject().Remove("dct:publisher");
        var refused = await Validate();
        Assert.Contains("publisher", refused["errors"]!.ToJsonString());

        async Task<JsonNode> Validate() =>
            JsonNode.Parse(
                await NodeScript.Run(
                    "rdf-validate-shacl@0.6.5 jsonld@9.0.0 n3@2.13.12 @zazuko/env-node@3.0.0",
                    script,
                    new JsonObject
                    {
                        ["catalogue"] = catalogue.DeepClone(),
                        ["shapes"] = await File.ReadAllTextAsync(
                            Path.Combine(
                                Repository.Root,
                                "tests/Interop.Tests/Prices/Data/dcat-ap.ttl"
                            )
                        ),
                    }.ToJsonString(),
                    TestContext.Current.CancellationToken
                )
            )!;
    }

    [Fact]
    public async Task Facilities_are_compared_and_a_price_has_its_history()
    {
        await Publish("2026-11-23", 43_900);
        await Publish("2027-01-01", 50_600);
        var compared = WebUtility.HtmlDecode(
            await server.Client.GetStringAsync("/prices/compare?q=sieu+am+o+bung")
        );
        Assert.Contains($"Cơ sở {facility}", compared);
        Assert.Contains("43.900", compared);
        var history = WebUtility.HtmlDecode(
            await server.Client.GetStringAsync(
                $"/prices/history?facility={facility}&kind=Service&code=SA.001"
            )
        );
        Assert.Contains("<svg", history);
        Assert.Contains("43.900", history);
        Assert.Contains("50.600", history);
        var missing = await server.Client.GetAsync(
            $"/prices/history?facility={facility}&kind=Service&code=none"
        );
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Changes_are_told_from_one_version_to_the_next()
    {
        await Publish("2026-11-23", 43_900);
        var first = await server.Client.GetAsync($"{Data}/changes.json");
        Assert.Equal(HttpStatusCode.NotFound, first.StatusCode);
        await Publish("2027-01-01", 50_600);
        var changes = (
            await server.Client.GetFromJsonAsync<JsonObject>($"{Data}/changes.json?version=2")
        )!;
        var changed = Assert.Single(changes["changed"]!.AsArray())!;
        Assert.Equal(43_900, (long?)changed["before"]!["priceInsurance"]);
        Assert.Equal(50_600, (long?)changed["after"]!["priceInsurance"]);
        Assert.Equal(1, (int?)changes["unchanged"]);
        Assert.Empty(changes["added"]!.AsArray());
    }

    [Fact]
    public async Task The_signature_is_of_the_csv_as_it_is_downloaded()
    {
        await Publish("2026-11-23", 43_900);
        var signature = await server.Client.GetStringAsync($"{Data}/signature.jws?version=1");
        await Publish("2027-01-01", 50_600);
        var trusted = server.Services.GetRequiredService<SigningKeys>().Trusted();
        // A later version changes nothing of what was signed.
        var check = DetachedJws.Verify(
            await server.Client.GetByteArrayAsync($"{Data}.csv?version=1"),
            signature,
            trusted
        );
        Assert.True(check.Intact && check.Trusted);
        Assert.False(
            DetachedJws
                .Verify(
                    await server.Client.GetByteArrayAsync($"{Data}.csv?version=2"),
                    signature,
                    trusted
                )
                .Intact
        );
    }

    [Fact]
    public async Task The_public_page_tells_search_engines_what_it_offers()
    {
        await Publish("2026-11-23", 43_900);
        // Attributes may be written with entities, and the style's scope is one.
        var page = WebUtility.HtmlDecode(
            await server.Client.GetStringAsync($"/prices?facility={facility}")
        );
        var markup = Regex
            .Match(
                page,
                """<script type="application/ld\+json"[^>]*>(.*?)</script>""",
                RegexOptions.Singleline
            )
            .Groups[1]
            .Value;
        var catalogue = JsonNode.Parse(markup)!;
        Assert.Equal("OfferCatalog", (string?)catalogue["@type"]);
        Assert.Equal(2, catalogue["itemListElement"]!.AsArray().Count);
        Assert.Contains(
            catalogue["itemListElement"]!.AsArray(),
            offer => (string?)offer!["name"] == "Siêu âm ổ bụng"
        );
    }

    private async Task Publish(string from, long price)
    {
        await server.Client.PutAsJsonAsync(
            $"/api/price-lists/{facility}",
            new { name = $"Cơ sở {facility}" }
        );
        foreach (
            var line in new object[]
            {
                new
                {
                    itemKind = "Service",
                    code = "SA.001",
                    name = "Siêu âm ổ bụng",
                    unit = "Lần",
                    insurance = price,
                    onDemand = 150_000,
                },
                new
                {
                    itemKind = "Drug",
                    code = "T1",
                    name = "Thuốc A",
                    unit = "Viên",
                    registration = "VD-1-20",
                    selfPay = 500,
                },
            }
        )
        {
            var put = await server.Client.PutAsJsonAsync(
                $"/api/price-lists/{facility}/draft/lines",
                line
            );
            Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        }
        var published = await server.Client.PostAsJsonAsync(
            $"/api/price-lists/{facility}/versions",
            new { validFrom = from }
        );
        Assert.True(published.IsSuccessStatusCode, await published.Content.ReadAsStringAsync());
    }
}
