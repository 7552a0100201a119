using System.Globalization;
using System.Text.Json;
using Health.Fhir.Api.Formats;
using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Model;

namespace Health.Fhir.Api.Operations.GraphQl;

/// <summary>Which values of a list a field takes, by its arguments: https://hl7.org/fhir/R4/graphql.html#list</summary>
internal static class FieldFilter
{
    private const int LongestPath = 500;

    /// <summary><c>name(use: official)</c>, <c>name(fhirpath: "…")</c>, <c>_offset</c> and <c>_count</c> on an element's list.</summary>
    public static List<QueryNode> Apply(
        IEnumerable<QueryNode> items,
        Dictionary<string, string> arguments
    )
    {
        foreach (var (name, wanted) in arguments)
        {
            items = name switch
            {
                "_offset" or "_count" => items,
                "fhirpath" => items.Where(item => IsTrue(item, wanted)),
                _ => items.Where(item =>
                    item.Value.ValueKind is JsonValueKind.Object
                    && item.Value.TryGetProperty(name, out var value)
                    && (
                        value.ValueKind is JsonValueKind.Array
                            ? value.EnumerateArray().Any(one => one.ToString() == wanted)
                            : value.ToString() == wanted
                    )
                ),
            };
        }
        var list = items.Skip(Number(arguments, "_offset", 0));
        return [.. list.Take(Number(arguments, "_count", int.MaxValue))];
    }

    private static bool IsTrue(QueryNode node, string path) => At(node, path) is ["true"];

    public static string TextAt(QueryNode node, string path) => string.Join('-', At(node, path));

    private static List<string> At(QueryNode node, string path)
    {
        if (path.Length > LongestPath)
        {
            throw new QueryFault($"A path may have {LongestPath} letters.");
        }
        try
        {
            return node.Type is { } type && FhirJson.Value(node.Value, type) is { } value
                ? [.. value.Select(path).OfType<Base>().Select(TextOf)]
                : [];
        }
        catch (Exception wrong)
            when (wrong is FormatException or InvalidOperationException or ArgumentException)
        {
            throw new QueryFault($"The path '{path}' cannot be followed: {wrong.Message}");
        }
    }

    private static string TextOf(Base found) =>
        found is not PrimitiveType { JsonValue: { } value } ? found.TypeName
        : value is bool flag
            ? flag ? "true"
                : "false"
        : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    public static int Number(Dictionary<string, string> arguments, string name, int otherwise) =>
        !arguments.TryGetValue(name, out var text) ? otherwise
        : int.TryParse(text, System.Globalization.NumberStyles.None, null, out var number) ? number
        : throw new QueryFault($"{name}: '{text}' is not a number from 0.");
}
