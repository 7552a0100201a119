using System.Text;
using System.Text.Json.Nodes;
using Health.Fhir.Api.Formats;
using Health.Fhir.Views;
using Testing;

namespace Health.Fhir.Tests.Views;

/// <summary>The guide's own tests; see Data/README.md. https://sql-on-fhir.org/ig/latest/</summary>
public sealed class ViewDefinitionTests
{
    private static string Folder { get; } =
        Path.Combine(Repository.Root, "tests", "Health.Fhir.Tests", "Views", "Data");

    public static TheoryData<string, string> Tests
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (
                var file in Directory.EnumerateFiles(Folder, "*.json").Order(StringComparer.Ordinal)
            )
            {
                foreach (var test in Read(Path.GetFileName(file))["tests"]!.AsArray())
                {
                    all.Add(Path.GetFileName(file), (string)test!["title"]!);
                }
            }
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Tests))]
    public void A_view_gives_the_rows_of_the_guide(string file, string title)
    {
        var suite = Read(file);
        var test = suite["tests"]!.AsArray().Single(test => (string?)test!["title"] == title)!;
        var view = test["view"]!.AsObject();
        view.TryAdd("resource", "Patient");
        if (test["expectError"] is not null)
        {
            Assert.Throws<FhirRefusal>(() => Rows(view, suite));
            return;
        }
        Assert.Equal(
            test["expect"]!.AsArray().Select(Sorted),
            Rows(view, suite).Select(row => Sorted(row))
        );
    }

    private static List<JsonObject> Rows(JsonObject json, JsonNode suite)
    {
        var view = ViewDefinition.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()));
        return
        [
            .. suite["resources"]!
                .AsArray()
                .SelectMany(resource => view.Rows(Encoding.UTF8.GetBytes(resource!.ToJsonString())))
                .Select(row => new JsonObject(
                    view.Columns.Select(
                        (column, at) =>
                            KeyValuePair.Create(
                                column.Name,
                                System.Text.Json.JsonSerializer.SerializeToNode(row[at])
                            )
                    )
                )),
        ];
    }

    /// <summary>Columns by name: their order is no part of a row in the guide's tests.</summary>
    private static string Sorted(JsonNode? row) =>
        string.Join(
            ' ',
            row!
                .AsObject()
                .OrderBy(cell => cell.Key, StringComparer.Ordinal)
                .Select(cell => $"{cell.Key}={cell.Value?.ToJsonString() ?? "null"}")
        );

    private static JsonNode Read(string file) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, file)))!;
}
