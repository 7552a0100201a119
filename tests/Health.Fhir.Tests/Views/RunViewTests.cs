using System.Text.Json.Nodes;
using Health.Fhir.Tests.Api;
using Parquet;
using Testing;

namespace Health.Fhir.Tests.Views;

/// <summary>https://sql-on-fhir.org/ig/latest/OperationDefinition-ViewDefinitionRun.html</summary>
public sealed class RunViewTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private const string View =
        """{"resourceType":"ViewDefinition","resource":"Device","select":[{"column":[{"name":"lot","path":"lotNumber","type":"string"},{"name":"parts","path":"deviceName.count()","type":"integer"},{"name":"named","path":"deviceName.exists()","type":"boolean"}]}]}""";

    private static string Asking(string more = "", string view = View) =>
        $$$"""{"resourceType":"Parameters","parameter":[{"name":"viewResource","resource":{{{view}}}}{{{more}}}]}""";

    [Fact]
    public async Task Rows_come_as_ndjson_csv_json_and_parquet()
    {
        await server.Client.Post(
            "/Device",
            """{"resourceType":"Device","lotNumber":"a,\"1\"","deviceName":[{"name":"x","type":"other"}]}"""
        );
        await server.Client.Post("/Device", """{"resourceType":"Device","lotNumber":"Lô hai"}""");

        var ndjson = (await Run("ndjson")).Is(200);
        Assert.Equal("application/x-ndjson", ndjson.Http.Content.Headers.ContentType!.MediaType);
        var rows = ndjson
            .Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(row => JsonNode.Parse(row)!)
            .ToList();
        Assert.Equal(
            ["Lô hai", "a,\"1\""],
            rows.Select(row => (string)row["lot"]!).Order(StringComparer.Ordinal)
        );
        Assert.Equal([0, 1], rows.Select(row => (int)row["parts"]!).Order());

        var csv = (await Run("csv")).Is(200);
        Assert.Equal("text/csv", csv.Http.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("lot,parts,named\r\n", csv.Text, StringComparison.Ordinal);
        Assert.Contains("\"a,\"\"1\"\"\",1,true\r\n", csv.Text, StringComparison.Ordinal);

        Assert.Equal(2, (await Run("json")).Is(200).Json.AsArray().Count);

        var accepted = await server.Client.Post(
            "/ViewDefinition/$run",
            Asking(),
            "Accept: text/csv"
        );
        Assert.Equal(csv.Text, accepted.Is(200).Text);

        using var parquet = await server.Client.PostAsync(
            "/fhir/ViewDefinition/$viewdefinition-run?_format=parquet",
            new StringContent(Asking(), System.Text.Encoding.UTF8, "application/fhir+json")
        );
        using var file = new MemoryStream(await parquet.Content.ReadAsByteArrayAsync());
        await using var reader = await ParquetReader.CreateAsync(file);
        Assert.Equal(
            ["lot", "parts", "named"],
            reader.Schema.DataFields.Select(field => field.Name)
        );
        Assert.Equal(typeof(int), reader.Schema.DataFields[1].ClrType);
        using var group = reader.OpenRowGroupReader(0);
        Assert.Equal(2, group.RowCount);
    }

    [Fact]
    public async Task Resources_may_be_sent_along()
    {
        var rows = (
            await server.Client.Post(
                "/ViewDefinition/$run",
                Asking(
                    """,{"name":"resource","resource":{"resourceType":"Device","lotNumber":"sent"}},{"name":"_format","valueCode":"csv"},{"name":"header","valueBoolean":false},{"name":"_limit","valueInteger":1}"""
                )
            )
        ).Is(200);

        Assert.Equal("sent,0,false\r\n", rows.Text);
    }

    [Theory]
    [InlineData("", "viewResource")]
    [InlineData(
        """{"name":"viewResource","resource":{"resource":"Nonsense","select":[]}}""",
        "Nonsense"
    )]
    [InlineData(
        """{"name":"viewResource","resource":{"resource":"Device","select":[{"column":[{"name":"a","path":"((("}]}]}}""",
        "FHIRPath"
    )]
    [InlineData(
        """{"name":"viewResource","resource":{"resource":"Device","select":[{"column":[{"name":"a","path":"id"}]}]}},{"name":"_limit","valueString":"x"}""",
        "_limit"
    )]
    [InlineData("""{"name":"viewResource","resource":{"resource":"Device","select":7}}""", "array")]
    public async Task What_is_wrong_is_said(string parameters, string named)
    {
        var refused = await server.Client.Post(
            "/ViewDefinition/$run",
            $$"""{"resourceType":"Parameters","parameter":[{{parameters}}]}"""
        );

        Assert.Equal(400, refused.Status);
        Assert.Contains(named, refused.Text, StringComparison.Ordinal);
    }

    private Task<Reply> Run(string format) =>
        server.Client.Post($"/ViewDefinition/$run?_format={format}", Asking());
}
