using System.Text.Json;
using Health.Fhir.Api.Formats;
using Hl7.Fhir.Model;

namespace Health.Fhir.Views;

/// <summary>
/// One <c>select</c> of a view: its columns, its nested selects and its union, crossed with each other, once for each element
/// that <c>forEach</c>, <c>forEachOrNull</c> or <c>repeat</c> finds.
/// https://sql-on-fhir.org/ig/latest/StructureDefinition-ViewDefinition.html#processing-algorithm
/// </summary>
internal sealed class ViewSelect
{
    /// <summary>Stands for the element that <c>forEachOrNull</c> did not find: every path from it is empty.</summary>
    private static readonly PocoNode Nothing = new FhirString().ToPocoNode(
        ModelInfo.ModelInspector
    );

    private readonly ViewPath? forEach;
    private readonly bool orNull;
    private readonly IReadOnlyList<ViewPath> repeat;
    private readonly IReadOnlyList<(ViewColumn Column, ViewPath Path)> columns;
    private readonly IReadOnlyList<ViewSelect> selects;
    private readonly IReadOnlyList<ViewSelect> union;

    private ViewSelect(
        ViewPath? forEach,
        bool orNull,
        IReadOnlyList<ViewPath> repeat,
        IReadOnlyList<(ViewColumn Column, ViewPath Path)> columns,
        IReadOnlyList<ViewSelect> selects,
        IReadOnlyList<ViewSelect> union
    )
    {
        this.forEach = forEach;
        this.orNull = orNull;
        this.repeat = repeat;
        this.columns = columns;
        this.selects = selects;
        this.union = union;
        AllColumns =
        [
            .. columns.Select(column => column.Column),
            .. selects.SelectMany(select => select.AllColumns),
            .. union.Count > 0 ? union[0].AllColumns : [],
        ];
    }

    public IReadOnlyList<ViewColumn> AllColumns { get; }

    /// <exception cref="FhirRefusal">400: what is wrong, and where.</exception>
    public static ViewSelect Of(
        JsonElement json,
        string at,
        IReadOnlyCollection<string> constants,
        bool isRoot = false
    )
    {
        var each = isRoot ? null : ViewDefinition.Text(json, "forEach", at);
        var orNull = isRoot ? null : ViewDefinition.Text(json, "forEachOrNull", at);
        var repeat = isRoot
            ? []
            : ViewDefinition
                .Items(json, "repeat", at)
                .Select(item =>
                    item.Item.ValueKind is JsonValueKind.String
                        ? ViewPath.Of(item.Item.GetString()!, constants, item.At)
                        : throw ViewRefusal.Of(item.At, "a path is expected")
                )
                .ToList();
        if ((each is null ? 0 : 1) + (orNull is null ? 0 : 1) + (repeat.Count > 0 ? 1 : 0) > 1)
        {
            throw ViewRefusal.Of(at, "forEach, forEachOrNull and repeat exclude each other");
        }
        var columns = isRoot
            ? []
            : ViewDefinition
                .Items(json, "column", at)
                .Select(item => ColumnOf(item.Item, item.At, constants))
                .ToList();
        var selects = ViewDefinition
            .Items(json, "select", at)
            .Select(item => Of(item.Item, item.At, constants))
            .ToList();
        var union = isRoot
            ? []
            : ViewDefinition
                .Items(json, "unionAll", at)
                .Select(item => Of(item.Item, item.At, constants))
                .ToList();
        foreach (var other in union.Skip(1))
        {
            if (
                !other
                    .AllColumns.Select(column => column.Name)
                    .SequenceEqual(union[0].AllColumns.Select(column => column.Name))
            )
            {
                throw ViewRefusal.Of(
                    at + ".unionAll",
                    $"its parts have different columns: {Names(union[0])} and {Names(other)}"
                );
            }
        }
        return new(
            (each ?? orNull) is { } path ? ViewPath.Of(path, constants, at) : null,
            orNull is not null,
            repeat,
            columns,
            selects,
            union
        );
    }

    public IEnumerable<object?[]> Rows(ViewFocus focus)
    {
        var any = false;
        var number = 0;
        foreach (var node in Elements(focus))
        {
            any = true;
            // Without an iteration of its own a select keeps the index around it.
            var index = forEach is null && repeat.Count == 0 ? focus.Index : number++;
            foreach (var row in Crossed(focus with { Node = node, Index = index }))
            {
                yield return row;
            }
        }
        if (!any && orNull)
        {
            foreach (var row in Crossed(focus with { Node = Nothing, Index = 0 }))
            {
                yield return row;
            }
        }
    }

    private IEnumerable<PocoNode> Elements(ViewFocus focus) =>
        repeat.Count > 0 ? Repeated(focus)
        : forEach is not null ? forEach.Select(focus)
        : [focus.Node];

    /// <summary>Depth first, each element before those below it.</summary>
    private IEnumerable<PocoNode> Repeated(ViewFocus focus)
    {
        foreach (var path in repeat)
        {
            foreach (var node in path.Select(focus))
            {
                yield return node;
                foreach (var below in Repeated(focus with { Node = node }))
                {
                    yield return below;
                }
            }
        }
    }

    private IEnumerable<object?[]> Crossed(ViewFocus focus)
    {
        IEnumerable<object?[]> rows =
        [
            [.. columns.Select(column => Value(column.Column, column.Path, focus))],
        ];
        foreach (var select in selects)
        {
            rows = Cross(rows, [.. select.Rows(focus)]);
        }
        return union.Count == 0
            ? rows
            : Cross(rows, [.. union.SelectMany(part => part.Rows(focus))]);
    }

    private static IEnumerable<object?[]> Cross(
        IEnumerable<object?[]> left,
        List<object?[]> right
    ) => left.SelectMany(_ => right, (before, after) => (object?[])[.. before, .. after]);

    private static object? Value(ViewColumn column, ViewPath path, ViewFocus focus)
    {
        var found = path.Select(focus);
        if (column.Collection)
        {
            return found.Select(node => Primitive(column, path, node)).ToArray();
        }
        return found switch
        {
            [] => null,
            [var one] => Primitive(column, path, one),
            _ => throw new FhirRefusal(
                422,
                "multiple-matches",
                $"The column '{column.Name}' ('{path.Text}') has {found.Count} values in {(focus.Resource.Poco as Resource)?.TypeName}/{(focus.Resource.Poco as Resource)?.Id}: take first(), join them, or declare it a collection."
            ),
        };
    }

    private static object? Primitive(ViewColumn column, ViewPath path, PocoNode node) =>
        node.Poco switch
        {
            // FHIR's own primitives and those that FHIRPath makes are different classes with the same values.
            PrimitiveType { JsonValue: bool or int or long or decimal } value => value.JsonValue,
            PrimitiveType value => value.ToString() is { Length: > 0 } text ? text : null,
            _ => throw new FhirRefusal(
                422,
                "value",
                $"The column '{column.Name}' ('{path.Text}') is a {node.Poco.TypeName}, which no cell can hold: name an element of it."
            ),
        };

    private static (ViewColumn, ViewPath) ColumnOf(
        JsonElement json,
        string at,
        IReadOnlyCollection<string> constants
    )
    {
        var name = ViewDefinition.Demand(json, "name", at);
        if (!ViewDefinition.ColumnName().IsMatch(name))
        {
            throw ViewRefusal.Of(
                at + ".name",
                $"'{name}' cannot be a column's name: a letter, then letters, digits and _"
            );
        }
        var collection =
            json.TryGetProperty("collection", out var many) && many.ValueKind is JsonValueKind.True;
        return (
            new ViewColumn(name, ViewDefinition.Text(json, "type", at), collection),
            ViewPath.Of(ViewDefinition.Demand(json, "path", at), constants, at)
        );
    }

    private static string Names(ViewSelect select) =>
        string.Join(", ", select.AllColumns.Select(column => column.Name));
}
