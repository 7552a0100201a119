using System.Text.Json;
using System.Text.RegularExpressions;
using Health.Fhir.Api;
using Health.Fhir.Api.Formats;
using Hl7.Fhir.Model;

namespace Health.Fhir.Views;

/// <summary>
/// A ViewDefinition of SQL on FHIR 2, read and compiled: resources in, rows out, one resource at a time.
/// https://sql-on-fhir.org/ig/latest/StructureDefinition-ViewDefinition.html
/// </summary>
public sealed partial class ViewDefinition
{
    private readonly IReadOnlyList<ViewPath> where;
    private readonly ViewSelect select;
    private readonly Dictionary<string, PocoNode> constants;

    private ViewDefinition(
        string resource,
        IReadOnlyList<ViewPath> where,
        ViewSelect select,
        Dictionary<string, PocoNode> constants
    )
    {
        Resource = resource;
        this.where = where;
        this.select = select;
        this.constants = constants;
    }

    /// <summary>The type that the view is over.</summary>
    public string Resource { get; }

    public IReadOnlyList<ViewColumn> Columns => select.AllColumns;

    /// <param name="json">UTF-8 JSON of the ViewDefinition.</param>
    /// <exception cref="FhirRefusal">400: what is wrong with it, and where.</exception>
    public static ViewDefinition Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(
                json,
                new JsonDocumentOptions { MaxDepth = Limits.NestingDepth }
            );
            return Parse(document.RootElement);
        }
        catch (JsonException broken)
        {
            throw ViewRefusal.Of("ViewDefinition", $"it is not JSON: {broken.Message}");
        }
    }

    /// <inheritdoc cref="Parse(ReadOnlyMemory{byte})"/>
    public static ViewDefinition Parse(JsonElement view)
    {
        const string root = "ViewDefinition";
        if (view.ValueKind is not JsonValueKind.Object)
        {
            throw ViewRefusal.Of(root, "an object is expected");
        }
        var resource =
            Text(view, "resource", root)
            ?? throw ViewRefusal.Of(root + ".resource", "the type of the resources is missing");
        if (!ResourceTypes.IsKnown(resource))
        {
            throw ViewRefusal.Of(root + ".resource", ResourceTypes.Unknown(resource));
        }
        var constants = new Dictionary<string, PocoNode>();
        foreach (var (constant, at) in Items(view, "constant", root))
        {
            var name =
                Text(constant, "name", at) ?? throw ViewRefusal.Of(at, "a constant has a name");
            constants[name] = ValueOf(constant, at);
        }
        var where = Items(view, "where", root)
            .Select(item =>
                ViewPath.Of(Demand(item.Item, "path", item.At), constants.Keys, item.At)
            )
            .ToList();
        var select = ViewSelect.Of(view, root, constants.Keys, isRoot: true);
        if (select.AllColumns.Count == 0)
        {
            throw ViewRefusal.Of(root + ".select", "it has no column");
        }
        var twice = select
            .AllColumns.GroupBy(column => column.Name)
            .FirstOrDefault(same => same.Count() > 1);
        return twice is null
            ? new(resource, where, select, constants)
            : throw ViewRefusal.Of(root + ".select", $"the column '{twice.Key}' is there twice");
    }

    /// <summary>The rows of one resource, in the order of <see cref="Columns"/>; none when it is of another type or the view's conditions leave it out.</summary>
    /// <exception cref="FhirRefusal">422: a path that cannot be carried out on it, or gives more than one value for a column.</exception>
    public IEnumerable<object?[]> Rows(ReadOnlyMemory<byte> body)
    {
        var resource = FhirJson.Parse(body);
        if (resource.TypeName != Resource)
        {
            return [];
        }
        var node = resource.ToPocoNode(ModelInfo.ModelInspector);
        var focus = new ViewFocus(node, node, 0, constants);
        return where.All(path => Holds(path, focus)) ? select.Rows(focus) : [];
    }

    private static bool Holds(ViewPath path, ViewFocus focus) =>
        path.Select(focus) switch
        {
            [] => false,
            [{ Poco: PrimitiveType { JsonValue: bool holds } }] => holds,
            _ => throw new FhirRefusal(
                422,
                "processing",
                $"where: '{path.Text}' is not a boolean."
            ),
        };

    internal static IEnumerable<(JsonElement Item, string At)> Items(
        JsonElement parent,
        string name,
        string at
    )
    {
        if (!parent.TryGetProperty(name, out var items))
        {
            yield break;
        }
        if (items.ValueKind is not JsonValueKind.Array)
        {
            throw ViewRefusal.Of($"{at}.{name}", "an array is expected");
        }
        foreach (var (number, item) in items.EnumerateArray().Index())
        {
            yield return (item, $"{at}.{name}[{number}]");
        }
    }

    internal static string? Text(JsonElement parent, string name, string at) =>
        parent.ValueKind is not JsonValueKind.Object
            ? throw ViewRefusal.Of(at, "an object is expected")
        : !parent.TryGetProperty(name, out var value) ? null
        : value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
        : throw ViewRefusal.Of($"{at}.{name}", "a text is expected");

    internal static string Demand(JsonElement parent, string name, string at) =>
        Text(parent, name, at) ?? throw ViewRefusal.Of($"{at}.{name}", "it is missing");

    private static PocoNode ValueOf(JsonElement constant, string at)
    {
        var value = constant
            .EnumerateObject()
            .FirstOrDefault(one => one.Name.StartsWith("value", StringComparison.Ordinal));
        var text =
            value.Value.ValueKind is JsonValueKind.String ? value.Value.GetString()
            : value.Value.ValueKind is JsonValueKind.Undefined
                ? throw ViewRefusal.Of(at, "a constant has a value")
            : value.Value.GetRawText();
        try
        {
            DataType primitive = value.Name switch
            {
                "valueBoolean" => new FhirBoolean(value.Value.GetBoolean()),
                "valueInteger" => new Integer(value.Value.GetInt32()),
                "valuePositiveInt" => new PositiveInt(value.Value.GetInt32()),
                "valueUnsignedInt" => new UnsignedInt(value.Value.GetInt32()),
                "valueDecimal" => new FhirDecimal(value.Value.GetDecimal()),
                "valueDate" => new Date(text),
                "valueDateTime" or "valueInstant" => new FhirDateTime(text),
                "valueTime" => new Time(text),
                "valueString"
                or "valueCode"
                or "valueId"
                or "valueUri"
                or "valueUrl"
                or "valueCanonical"
                or "valueOid"
                or "valueUuid"
                or "valueBase64Binary"
                or "valueMarkdown" => new FhirString(text),
                _ => throw ViewRefusal.Of(at, $"{value.Name} is not a kind of constant"),
            };
            return primitive.ToPocoNode(ModelInfo.ModelInspector);
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException)
        {
            throw ViewRefusal.Of(at, $"{text} is no value for {value.Name}");
        }
    }

    /// <summary>What any database takes for a name.</summary>
    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]*$")]
    internal static partial Regex ColumnName();
}

/// <param name="Type">FHIR type as declared; null: unsaid.</param>
/// <param name="Collection">Its value is a list.</param>
public sealed record ViewColumn(string Name, string? Type, bool Collection);
