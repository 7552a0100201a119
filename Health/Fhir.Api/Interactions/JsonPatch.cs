using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Health.Fhir.Api.Formats;

namespace Health.Fhir.Api.Interactions;

/// <summary>JSON Patch (RFC 6902) with JSON Pointer (RFC 6901), all operations or none.</summary>
public static class JsonPatch
{
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = Limits.NestingDepth };

    private static readonly JsonSerializerOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = Limits.NestingDepth * 2,
    };

    /// <exception cref="FhirRefusal">400: no patch document; 422: an operation that cannot be done on this resource.</exception>
    public static byte[] Apply(ReadOnlyMemory<byte> resource, ReadOnlyMemory<byte> patch)
    {
        JsonNode? document = JsonNode.Parse(resource.Span);
        if (Parse(patch) is not JsonArray operations)
        {
            throw Malformed("A JSON Patch is an array of operations.", "");
        }
        for (var i = 0; i < operations.Count; i++)
        {
            var at = $"[{i}]";
            if (operations[i] is not JsonObject operation)
            {
                throw Malformed($"Operation {i} is not an object.", at);
            }
            document = Apply(document, operation, at);
        }
        return Encoding.UTF8.GetBytes(document?.ToJsonString(Writing) ?? "null");
    }

    private static JsonNode? Parse(ReadOnlyMemory<byte> patch)
    {
        try
        {
            return JsonNode.Parse(patch.Span, documentOptions: Reading);
        }
        catch (JsonException malformed)
        {
            throw ResourceHead.Malformed(malformed);
        }
    }

    private static JsonNode? Apply(JsonNode? document, JsonObject operation, string at)
    {
        try
        {
            var path = Pointer(operation, "path", at);
            switch (Text(operation, "op", at))
            {
                case "add":
                    return Add(document, path, Value(operation, at), at);
                case "remove":
                    return Remove(document, path, at, out _);
                case "replace":
                    document = Remove(document, path, at, out _);
                    return Add(document, path, Value(operation, at), at);
                case "move":
                    document = Remove(document, Pointer(operation, "from", at), at, out var moved);
                    return Add(document, path, moved, at);
                case "copy":
                    var source = Find(document, Pointer(operation, "from", at), at);
                    return Add(document, path, source?.DeepClone(), at);
                case "test":
                    if (!JsonNode.DeepEquals(Find(document, path, at), Value(operation, at)))
                    {
                        throw new FhirRefusal(
                            422,
                            "business-rule",
                            $"The test of /{string.Join('/', path)} does not hold; nothing was changed.",
                            at
                        );
                    }
                    return document;
                case var unknown:
                    throw Malformed(
                        $"op '{unknown}' is not known: use add, remove, replace, move, copy or test.",
                        at
                    );
            }
        }
        // JsonNode reads lazily: a key given twice, or text that is not Unicode, shows only here.
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            throw Malformed($"The operation cannot be read: {error.Message}", at);
        }
    }

    private static JsonNode? Add(JsonNode? document, string[] path, JsonNode? value, string at)
    {
        if (path.Length == 0)
        {
            return value;
        }
        switch (Find(document, path[..^1], at))
        {
            case JsonObject parent:
                parent[path[^1]] = value;
                break;
            case JsonArray list when path[^1] == "-":
                list.Add(value);
                break;
            case JsonArray list when Index(path[^1]) is { } index && index <= list.Count:
                list.Insert(index, value);
                break;
            default:
                throw NoSuchPlace(path, at);
        }
        return document;
    }

    private static JsonNode? Remove(
        JsonNode? document,
        string[] path,
        string at,
        out JsonNode? removed
    )
    {
        if (path.Length == 0)
        {
            removed = document;
            return null;
        }
        switch (Find(document, path[..^1], at))
        {
            case JsonObject parent when parent.TryGetPropertyValue(path[^1], out removed):
                parent.Remove(path[^1]);
                // FHIR has no empty objects or arrays: what is emptied goes.
                return document;
            case JsonArray list when Index(path[^1]) is { } index && index < list.Count:
                removed = list[index];
                list.RemoveAt(index);
                return document;
            default:
                throw NoSuchPlace(path, at);
        }
    }

    private static JsonNode? Find(JsonNode? document, string[] path, string at)
    {
        var node = document;
        for (var i = 0; i < path.Length; i++)
        {
            node = node switch
            {
                JsonObject parent when parent.TryGetPropertyValue(path[i], out var child) => child,
                JsonArray list when Index(path[i]) is { } index && index < list.Count => list[
                    index
                ],
                _ => throw NoSuchPlace(path[..(i + 1)], at),
            };
        }
        return node;
    }

    private static int? Index(string segment) =>
        (segment == "0" || segment is [not '0', ..])
        && int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : null;

    private static JsonNode? Value(JsonObject operation, string at) =>
        operation.TryGetPropertyValue("value", out var value)
            ? value?.DeepClone()
            : throw Malformed("The operation has no value.", at);

    private static string Text(JsonObject operation, string name, string at) =>
        operation[name] is JsonValue value && value.TryGetValue<string>(out var text)
            ? text
            : throw Malformed($"The operation has no '{name}'.", at);

    private static string[] Pointer(JsonObject operation, string name, string at) =>
        Text(operation, name, at) switch
        {
            "" => [],
            ['/', .. var rest] =>
            [
                .. rest.Split('/')
                    .Select(segment =>
                        segment
                            .Replace("~1", "/", StringComparison.Ordinal)
                            .Replace("~0", "~", StringComparison.Ordinal)
                    ),
            ],
            var bad => throw Malformed($"{name} '{bad}' is no JSON Pointer: it begins with /.", at),
        };

    private static FhirRefusal Malformed(string diagnostics, string at) =>
        new(400, "structure", diagnostics, at);

    private static FhirRefusal NoSuchPlace(string[] path, string at) =>
        new(422, "not-found", $"The resource has nothing at /{string.Join('/', path)}.", at);
}
