using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Reading;

namespace Health.Fhir.Api.Operations;

/// <summary>
/// Arguments from the query and the body of a call, both checked against the definition; the values go through the same pass that reads
/// resources. https://hl7.org/fhir/R4/operations.html#executing
/// </summary>
internal sealed class ArgumentReader(Operation operation, FhirRequest request)
{
    private const string Body = "Parameters";

    // What one may stand for the other; the text is then judged by the declared type.
    private static readonly string[][] Families =
    [
        ["string", "code", "id", "uri", "url", "canonical", "oid", "uuid", "markdown"],
        ["integer", "unsignedInt", "positiveInt", "decimal"],
        ["date", "dateTime", "instant"],
    ];

    private static readonly ResourceReader Reader = new(FhirModel.R4, new ReaderOptions());

    private readonly List<Issue> issues = [];

    public List<KeyValuePair<string, string>> Search { get; } = [];

    public IReadOnlyList<Argument> Read()
    {
        List<Argument> all;
        try
        {
            all = [.. FromQuery(), .. FromBody()];
        }
        catch (InvalidOperationException)
        {
            // What System.Text.Json throws for half a surrogate pair.
            throw new FhirRefusal(400, "value", $"The {Body} are not valid Unicode.", Body);
        }
        Count(operation.In, all, "");
        if (issues.Count == 0)
        {
            CheckValues(all, "");
        }
        return issues.Count == 0 ? all : throw new FhirRefusal(400, issues);
    }

    private IEnumerable<Argument> FromQuery()
    {
        foreach (var (name, text) in request.Parameters)
        {
            if (IsSearch(name))
            {
                Search.Add(new(name, text));
                continue;
            }
            if (Find(operation.In, name, "") is not { } parameter)
            {
                continue;
            }
            if (!parameter.IsPrimitive)
            {
                Wrong(
                    "value",
                    $"{name} cannot stand in the address: POST a {Body} resource with it.",
                    name
                );
            }
            else if (QueryValue.Json(parameter.Type, text) is { } value)
            {
                yield return new(name, parameter.Type, value);
            }
            else
            {
                Wrong("value", $"{name}: '{text}' is not of the type {parameter.Type}.", name);
            }
        }
    }

    private List<Argument> FromBody()
    {
        if (request.Body.IsEmpty || request.IsForeignBody)
        {
            return [];
        }
        var type = ResourceHead.Of(request.Body).Type;
        if (type != Body)
        {
            // "If there is only one parameter that is a resource, it may be the body itself".
            return operation.In.Where(parameter => parameter.IsResource).ToList() is [var only]
                ? [new(only.Name, only.Type, default) { Resource = request.Body }]
                : throw new FhirRefusal(
                    400,
                    "invalid",
                    $"The body of ${operation.Name} is a {Body} resource, not a {type}.",
                    "resourceType"
                );
        }
        using var document = Parse(request.Body);
        var all = new List<Argument>();
        foreach (var property in document.RootElement.EnumerateObject())
        {
            switch (property.Name)
            {
                case "resourceType" or "id" or "meta" or "implicitRules" or "language":
                    break;
                case "parameter":
                    Items(operation.In, property.Value, Body + ".parameter", "", all);
                    break;
                default:
                    Wrong("structure", $"'{property.Name}' is no element of {Body}.", Body);
                    break;
            }
        }
        return all;
    }

    /// <param name="path">Names of the parameters around, each with a dot.</param>
    private void Items(
        IReadOnlyList<OperationParameter> allowed,
        JsonElement items,
        string at,
        string path,
        List<Argument> into
    )
    {
        if (items.ValueKind is not JsonValueKind.Array)
        {
            Wrong("structure", $"{at} must be an array.", at);
            return;
        }
        var index = 0;
        foreach (var item in items.EnumerateArray())
        {
            var here = $"{at}[{index++}]";
            if (
                item.ValueKind is not JsonValueKind.Object
                || !item.TryGetProperty("name", out var named)
                || named.ValueKind is not JsonValueKind.String
            )
            {
                Wrong("required", $"{here} has no name.", here);
            }
            else if (
                path.Length == 0
                && IsSearch(named.GetString()!)
                && item.EnumerateObject().FirstOrDefault(IsText) is { Value: var text } given
                && given.Value.ValueKind is not JsonValueKind.Undefined
            )
            {
                Search.Add(new(named.GetString()!, text.ToString()));
            }
            else if (Find(allowed, named.GetString()!, path) is { } parameter)
            {
                Item(parameter, item, here, path, into);
            }
        }
    }

    private static bool IsText(JsonProperty property) =>
        property.Name.StartsWith("value", StringComparison.Ordinal)
        && property.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array);

    private bool IsSearch(string name) =>
        operation.TakesSearch && !operation.In.Any(parameter => parameter.Name == name);

    private void Item(
        OperationParameter parameter,
        JsonElement item,
        string at,
        string path,
        List<Argument> into
    )
    {
        var name = path + parameter.Name;
        foreach (var property in item.EnumerateObject())
        {
            switch (property.Name)
            {
                case "name" or "id" or "extension" or "modifierExtension":
                    break;
                case "resource" when parameter.IsResource:
                    into.Add(
                        new(parameter.Name, parameter.Type, default)
                        {
                            Resource = System.Text.Encoding.UTF8.GetBytes(
                                property.Value.GetRawText()
                            ),
                        }
                    );
                    break;
                case "part" when parameter.Parts.Count > 0:
                    var parts = new List<Argument>();
                    Items(parameter.Parts, property.Value, at + ".part", name + ".", parts);
                    into.Add(new(parameter.Name, "", default) { Parts = parts });
                    break;
                case ['v', 'a', 'l', 'u', 'e', .. var given]
                    when TypeOf(parameter, given) is { } type:
                    into.Add(new(parameter.Name, type, property.Value.Clone()));
                    break;
                default:
                    Wrong("value", $"{name} is {Described(parameter)}, not {property.Name}.", name);
                    break;
            }
        }
    }

    private OperationParameter? Find(
        IReadOnlyList<OperationParameter> allowed,
        string name,
        string path
    )
    {
        foreach (var parameter in allowed)
        {
            if (parameter.Name == name)
            {
                return parameter;
            }
        }
        if (!request.Prefer.Lenient)
        {
            var names =
                allowed.Count == 0
                    ? "it takes none"
                    : "it takes " + string.Join(", ", allowed.Select(parameter => parameter.Name));
            Wrong(
                "not-supported",
                $"The parameter '{path}{name}' means nothing to ${operation.Name}: {names}.",
                path + name
            );
        }
        return null;
    }

    private void Count(
        IReadOnlyList<OperationParameter> parameters,
        IReadOnlyList<Argument> given,
        string path
    )
    {
        foreach (var parameter in parameters)
        {
            var name = path + parameter.Name;
            var count = given.Count(argument => argument.Name == parameter.Name);
            if (count < parameter.Min)
            {
                Wrong(
                    "required",
                    $"${operation.Name} needs {name}, which is {Described(parameter)}.",
                    name
                );
            }
            if (
                parameter.Max != "*"
                && count > int.Parse(parameter.Max, CultureInfo.InvariantCulture)
            )
            {
                Wrong(
                    "structure",
                    $"{name} is given {count} times, but may be given {parameter.Max} at most.",
                    name
                );
            }
            foreach (
                var argument in given.Where(one => one.Name == parameter.Name && one.Type == "")
            )
            {
                Count(parameter.Parts, argument.Parts, name + ".");
            }
        }
    }

    /// <summary>Reads the values as a Parameters resource, for its errors.</summary>
    private void CheckValues(IReadOnlyList<Argument> all, string path)
    {
        var values = all.Where(argument => argument.Value.ValueKind is not JsonValueKind.Undefined)
            .ToList();
        if (values.Count > 0)
        {
            var body = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(body))
            {
                json.WriteStartObject();
                json.WriteString("resourceType", Body);
                json.WriteStartArray("parameter");
                foreach (var argument in values)
                {
                    json.WriteStartObject();
                    json.WriteString("name", "value");
                    json.WritePropertyName(PropertyOf(argument.Type));
                    argument.Value.WriteTo(json);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
            using var read = Reader.Read(body.WrittenMemory);
            foreach (var issue in read.Issues.Where(issue => issue.IsError))
            {
                var index = issue.Expression.Split('[', ']') is [_, var number, ..]
                    ? int.Parse(number, CultureInfo.InvariantCulture)
                    : 0;
                var name = path + values[index].Name;
                Wrong(issue.Code, $"{name}: {issue.Text}", name);
            }
        }
        foreach (var argument in all.Where(argument => argument.Parts.Count > 0))
        {
            CheckValues(argument.Parts, $"{path}{argument.Name}.");
        }
    }

    /// <summary>The type to read the value as; null when it is not what the parameter takes.</summary>
    private static string? TypeOf(OperationParameter parameter, ReadOnlySpan<char> given)
    {
        if (parameter.IsResource || parameter.Parts.Count > 0 || given.IsEmpty)
        {
            return null;
        }
        var name = given.ToString();
        var primitive = char.ToLowerInvariant(name[0]) + name[1..];
        if (parameter.Type == "Element")
        {
            return FhirJson.IsPrimitive(primitive) ? primitive : name;
        }
        return
            name == parameter.Type
            || primitive == parameter.Type
            || Families.Any(family => family.Contains(parameter.Type) && family.Contains(primitive))
            ? parameter.Type
            : null;
    }

    private static string PropertyOf(string type) =>
        $"value{char.ToUpperInvariant(type[0])}{type[1..]}";

    private static string Described(OperationParameter parameter) =>
        parameter switch
        {
            { Parts.Count: > 0 } => "a parameter with parts",
            { Type: "Resource" } => "a resource",
            { IsResource: true } => $"a {parameter.Type} resource",
            { Type: "Element" } => "a value of any data type",
            _ => $"of the type {parameter.Type}",
        };

    private static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(
                body,
                new JsonDocumentOptions
                {
                    MaxDepth = Limits.NestingDepth,
                    AllowDuplicateProperties = false,
                }
            );
        }
        catch (JsonException malformed)
        {
            throw ResourceHead.Malformed(malformed);
        }
    }

    private void Wrong(string code, string diagnostics, string expression) =>
        issues.Add(Issue.Error(code, diagnostics, expression));
}
