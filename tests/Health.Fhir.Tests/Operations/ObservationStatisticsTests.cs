using Health.Fhir.Tests.Api;
using Testing;

namespace Health.Fhir.Tests.Operations;

/// <summary>https://hl7.org/fhir/R4/observation-operation-stats.html</summary>
public sealed class ObservationStatisticsTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private readonly HttpClient client = server.Client;

    private async Task<string> Measured()
    {
        var patient = (await client.Post("/Patient", FhirCalls.Patient("A"))).Is(201).Id;
        string Quantity(string value, string unit) =>
            $$"""{"value":{{value}},"unit":"{{unit}}","system":"http://unitsofmeasure.org","code":"{{unit}}"}""";
        async Task Post(string status, string day, string code, string more) =>
            (
                await client.Post(
                    "/Observation",
                    $$$"""{"resourceType":"Observation","status":"{{{status}}}","code":{"coding":[{"system":"urn:l","code":"{{{code}}}"}]},"subject":{"reference":"Patient/{{{patient}}}"},"effectiveDateTime":"{{{day}}}",{{{more}}}}"""
                )
            ).Is(201);
        var day = 1;
        foreach (var value in (string[])["2", "4", "4", "4", "5", "5", "7", "9"])
        {
            await Post(
                "final",
                $"2020-01-0{day++}",
                "w",
                $"\"valueQuantity\":{Quantity(value, "kg")}"
            );
        }
        await Post("final", "2020-01-09", "w", $"\"valueQuantity\":{Quantity("3000", "g")}");
        await Post(
            "entered-in-error",
            "2020-01-09",
            "w",
            $"\"valueQuantity\":{Quantity("99", "kg")}"
        );
        await Post(
            "final",
            "2020-02-01",
            "bp",
            $$$"""
            "component":[{"code":{"coding":[{"system":"urn:l","code":"sys"}]},"valueQuantity":{{{Quantity(
                "120",
                "mm[Hg]"
            )}}}},{"code":{"coding":[{"system":"urn:l","code":"dia"}]},"valueQuantity":{{{Quantity(
                "80",
                "mm[Hg]"
            )}}}}]
            """
        );
        return patient;
    }

    private static Dictionary<string, string> Of(Reply reply, int at) =>
        reply.Is(200).Json["parameter"]![at]!["resource"]!["component"]!
            .AsArray()
            .ToDictionary(
                part => (string)part!["code"]!["coding"]![0]!["code"]!,
                part =>
                    part!["valueQuantity"] is { } value ? $"{value["value"]} {value["code"]}" : "-"
            );

    [Fact]
    public async Task Reckons_each_unit_apart()
    {
        var patient = await Measured();

        var reply = await client.Get(
            $"/Observation/$stats?subject=Patient/{patient}&system=urn:l&code=w&statistic=average,maximum,minimum,count,median,sum,variance&statistic=std-dev&statistic=4-lower&statistic=80-percent&statistic=skew"
        );

        var kg = Of(reply, 0);
        Assert.Equal("5 kg", kg["average"]);
        Assert.Equal("9 kg", kg["maximum"]);
        Assert.Equal("2 kg", kg["minimum"]);
        Assert.Equal("8 1", kg["count"]);
        Assert.Equal("4.5 kg", kg["median"]);
        Assert.Equal("40 kg", kg["sum"]);
        Assert.Equal("4.57142857142857 (kg)2", kg["variance"]);
        Assert.Equal("2.1380899352994 kg", kg["std-dev"]);
        Assert.Equal("4 kg", kg["4-lower"]);
        Assert.Equal("6.2 kg", kg["80-percent"]);
        Assert.Equal("0.65625 1", kg["skew"]);
        var g = Of(reply, 1);
        Assert.Equal(("3000 g", "-"), (g["average"], g["std-dev"]));
        Assert.Equal(2, reply.Json["parameter"]!.AsArray().Count);
    }

    [Fact]
    public async Task Takes_a_panel_apart()
    {
        var patient = await Measured();

        var panel = await client.Get(
            $"/Observation/$stats?subject=Patient/{patient}&system=urn:l&code=bp&statistic=average"
        );
        var part = await client.Get(
            $"/Observation/$stats?subject=Patient/{patient}&system=urn:l&code=dia&statistic=average"
        );

        Assert.Equal("120 mm[Hg]", Of(panel, 0)["average"]);
        Assert.Equal("80 mm[Hg]", Of(panel, 1)["average"]);
        Assert.Equal("80 mm[Hg]", Of(part, 0)["average"]);
        Assert.Single(part.Json["parameter"]!.AsArray());
    }

    [Fact]
    public async Task Keeps_to_the_period_and_gives_the_sources()
    {
        var patient = await Measured();

        var reply = await client.Post(
            "/Observation/$stats",
            $$$"""{"resourceType":"Parameters","parameter":[{"name":"subject","valueUri":"Patient/{{{patient}}}"},{"name":"coding","valueCoding":{"system":"urn:l","code":"w"}},{"name":"period","valuePeriod":{"start":"2020-01-02","end":"2020-01-03"}},{"name":"statistic","valueCode":"count"},{"name":"include","valueBoolean":true},{"name":"limit","valuePositiveInt":1}]}"""
        );

        Assert.Equal("2 1", Of(reply, 0)["count"]);
        Assert.Equal(
            ["statistics", "source"],
            reply.Json["parameter"]!.AsArray().Select(one => (string?)one!["name"])
        );
        var recent = await client.Get(
            $"/Observation/$stats?subject=Patient/{patient}&system=urn:l&code=w&duration=24&statistic=count"
        );
        Assert.Null(recent.Is(200).Json["parameter"]);
    }

    [Theory]
    [InlineData("", "required", "subject")]
    [InlineData("?subject=Patient/1&statistic=count", "required", "coding")]
    [InlineData("?subject=Patient/1&code=x&statistic=mode", "not-supported", "average")]
    [InlineData("?subject=Patient/1&code=x&statistic=count&duration=-1", "value", "hours")]
    [InlineData("?subject=Patient/1&code=x&statistic=count&period=2020", "value", "POST")]
    public async Task Refuses(string query, string code, string says) =>
        (await client.Get("/Observation/$stats" + query)).Refused(400, code, says);
}
