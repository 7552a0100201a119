using System.Globalization;
using System.Text.Json;
using GraphQLParser;
using GraphQLParser.AST;
using GraphQLParser.Exceptions;
using Health.Fhir.Api.Formats;

namespace Health.Fhir.Api.Operations.GraphQl;

/// <summary>
/// A GraphQL query, read (https://spec.graphql.org/October2021/#sec-Language): the operation to run, its fragments, its variables.
/// </summary>
internal sealed class QueryDocument
{
    public const int Depth = 20;

    private readonly Dictionary<string, GraphQLFragmentDefinition> fragments = [];
    private readonly Dictionary<string, JsonElement> variables;
    private readonly GraphQLOperationDefinition operation;

    private QueryDocument(
        GraphQLDocument document,
        string? operationName,
        Dictionary<string, JsonElement> variables
    )
    {
        this.variables = variables;
        foreach (var fragment in document.Definitions.OfType<GraphQLFragmentDefinition>())
        {
            fragments.TryAdd(fragment.FragmentName.Name.StringValue, fragment);
        }
        var operations = document
            .Definitions.OfType<GraphQLOperationDefinition>()
            .Where(one => operationName is null || one.Name?.StringValue == operationName)
            .ToList();
        operation = operations switch
        {
            [{ Operation: OperationType.Query } only] => only,
            [{ }] => throw Wrong("only queries are answered, no mutations or subscriptions"),
            [] => throw Wrong(
                operationName is null
                    ? "the document has no query"
                    : $"it has no operation '{operationName}'"
            ),
            _ => throw Wrong("it has several operations; say which with operationName"),
        };
        foreach (var variable in operation.Variables?.Items ?? [])
        {
            var name = variable.Variable.Name.StringValue;
            if (!variables.ContainsKey(name))
            {
                if (variable.DefaultValue is { } value)
                {
                    variables[name] = JsonSerializer.SerializeToElement(TextOf(value));
                }
                else if (variable.Type is GraphQLNonNullType)
                {
                    throw Wrong($"the variable ${name} is not given");
                }
            }
        }
    }

    public GraphQLSelectionSet Selection => operation.SelectionSet;

    /// <exception cref="FhirRefusal">400: not GraphQL, with line and column; or nothing that can be run.</exception>
    public static QueryDocument Parse(
        string query,
        string? operationName,
        Dictionary<string, JsonElement> variables
    )
    {
        try
        {
            var document = Parser.Parse(
                query,
                new ParserOptions { Ignore = IgnoreOptions.Comments, MaxDepth = Depth * 4 }
            );
            return new(document, operationName, variables);
        }
        catch (GraphQLParserException malformed)
        {
            throw Wrong(malformed.Message);
        }
    }

    public GraphQLFragmentDefinition Fragment(string name) =>
        fragments.GetValueOrDefault(name)
        ?? throw new QueryFault($"There is no fragment '{name}'.");

    /// <summary>Arguments by their names, each as the text of a search; null ones are left out, lists become <c>a,b</c>.</summary>
    public Dictionary<string, string> Arguments(GraphQLArguments? arguments)
    {
        var read = new Dictionary<string, string>();
        foreach (var argument in arguments?.Items ?? [])
        {
            if (TextOf(argument.Value) is { } text)
            {
                read[argument.Name.StringValue] = text;
            }
        }
        return read;
    }

    /// <summary><c>@skip(if:)</c> and <c>@include(if:)</c>.</summary>
    public bool IsWanted(GraphQLDirectives? directives)
    {
        foreach (var directive in directives?.Items ?? [])
        {
            var condition = Arguments(directive.Arguments).GetValueOrDefault("if");
            switch (directive.Name.StringValue)
            {
                case "skip" when condition == "true":
                case "include" when condition == "false":
                    return false;
            }
        }
        return true;
    }

    private string? TextOf(GraphQLValue value) =>
        value switch
        {
            GraphQLStringValue text => text.Value.ToString(),
            GraphQLIntValue number => number.Value.ToString(),
            GraphQLFloatValue number => number.Value.ToString(),
            GraphQLBooleanValue flag => flag.BoolValue ? "true" : "false",
            GraphQLEnumValue name => name.Name.StringValue,
            GraphQLNullValue => null,
            GraphQLListValue list => string.Join(
                ',',
                (list.Values ?? []).Select(TextOf).OfType<string>()
            ),
            GraphQLVariable variable => variables.TryGetValue(
                variable.Name.StringValue,
                out var given
            )
                ? TextOf(given)
                : null,
            _ => throw new QueryFault("An argument cannot be an object."),
        };

    private static string? TextOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.Undefined => null,
            JsonValueKind.Array => string.Join(
                ',',
                value.EnumerateArray().Select(TextOf).OfType<string>()
            ),
            JsonValueKind.String => value.GetString(),
            _ => value.GetRawText().ToLower(CultureInfo.InvariantCulture),
        };

    private static FhirRefusal Wrong(string why) =>
        new(400, "invalid", $"The GraphQL query cannot be run: {why}.", "query");
}

/// <summary>One field cannot be answered: it becomes null and its error is told beside the data.</summary>
internal sealed class QueryFault(string message) : Exception(message);
