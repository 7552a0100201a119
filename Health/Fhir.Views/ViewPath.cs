using System.Text.RegularExpressions;
using Health.Fhir.Api.Formats;
using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Model;
using Hl7.FhirPath;
using Hl7.FhirPath.Expressions;

namespace Health.Fhir.Views;

/// <summary>
/// A FHIRPath expression of a view, compiled once: Firely's engine with the two functions of the guide, <c>getResourceKey()</c> and
/// <c>getReferenceKey([type])</c>. https://sql-on-fhir.org/ig/latest/StructureDefinition-ViewDefinition.html
/// </summary>
internal sealed partial class ViewPath
{
    private static readonly FhirPathCompiler Compiler = new(Symbols());

    private static readonly string[] BuiltIn =
    [
        "rowIndex",
        "resource",
        "rootResource",
        "context",
        "ucum",
        "sct",
        "loinc",
    ];

    private readonly CompiledExpression compiled;

    private ViewPath(string text, CompiledExpression compiled) =>
        (Text, this.compiled) = (text, compiled);

    public string Text { get; }

    /// <exception cref="FhirRefusal">400: it cannot be read, or speaks of a constant that is not there.</exception>
    public static ViewPath Of(string text, IReadOnlyCollection<string> constants, string where)
    {
        foreach (Match name in Constant().Matches(StringLiteral().Replace(text, "''")))
        {
            if (
                !constants.Contains(name.Groups[1].Value) && !BuiltIn.Contains(name.Groups[1].Value)
            )
            {
                throw ViewRefusal.Of(where, $"the constant {name.Value} is not defined");
            }
        }
        try
        {
            // A type name is no path: the function gets it as text.
            return new(
                text,
                Compiler.Compile(ReferenceKey().Replace(text, "getReferenceKey('$1')"))
            );
        }
        catch (Exception error)
            when (error is FormatException or ArgumentException or InvalidOperationException)
        {
            throw ViewRefusal.Of(where, $"'{text}' is not FHIRPath: {error.Message}");
        }
    }

    /// <exception cref="FhirRefusal">422: it cannot be carried out on this resource.</exception>
    public IReadOnlyList<PocoNode> Select(ViewFocus focus)
    {
        try
        {
            return [.. compiled(focus.Node, focus.Context())];
        }
        catch (Exception error)
            when (error
                    is InvalidOperationException
                        or ArgumentException
                        or FormatException
                        or InvalidCastException
                        or OverflowException
                        or NotSupportedException
            )
        {
            throw new FhirRefusal(422, "processing", $"'{Text}' failed: {error.Message}");
        }
    }

    private static SymbolTable Symbols()
    {
        var symbols = new SymbolTable().AddStandardFP().AddFhirExtensions();
        symbols.Add("getResourceKey", (IEnumerable<PocoNode> focus) => ResourceKeys(focus));
        symbols.Add("getReferenceKey", (IEnumerable<PocoNode> focus) => ReferenceKeys(focus, null));
        symbols.Add(
            "getReferenceKey",
            (IEnumerable<PocoNode> focus, string type) => ReferenceKeys(focus, type)
        );
        return symbols;
    }

    private static IEnumerable<PocoNode> ResourceKeys(IEnumerable<PocoNode> focus) =>
        focus.Select(node => (node.Poco as Resource)?.Id).OfType<string>().Select(StringOf);

    private static IEnumerable<PocoNode> ReferenceKeys(IEnumerable<PocoNode> focus, string? type) =>
        from node in focus
        let parts = (node.Poco as ResourceReference)?.Reference?.Split('/')
        let at = parts is null ? -1
        : Array.IndexOf(parts, "_history") is > 1 and var history ? history - 2
        : parts.Length - 2
        where at >= 0 && (type is null || parts[at] == type)
        select StringOf(parts[at + 1]);

    private static PocoNode StringOf(string text) =>
        new FhirString(text).ToPocoNode(ModelInfo.ModelInspector);

    [GeneratedRegex(@"%`?([A-Za-z_][\w-]*)`?")]
    private static partial Regex Constant();

    [GeneratedRegex(@"'(?:[^'\\]|\\.)*'")]
    private static partial Regex StringLiteral();

    [GeneratedRegex(@"getReferenceKey\(\s*(?:FHIR\.)?([A-Za-z]+)\s*\)")]
    private static partial Regex ReferenceKey();
}

/// <summary>Where an expression is evaluated.</summary>
/// <param name="Index">The guide's <c>%rowIndex</c>.</param>
internal sealed record ViewFocus(
    PocoNode Node,
    PocoNode Resource,
    int Index,
    IReadOnlyDictionary<string, PocoNode> Constants
)
{
    public EvaluationContext Context()
    {
        var environment = Constants.ToDictionary(
            constant => constant.Key,
            constant => (IEnumerable<PocoNode>)[constant.Value]
        );
        environment["rowIndex"] = [new Integer(Index).ToPocoNode(ModelInfo.ModelInspector)];
        return new FhirEvaluationContext { Resource = Resource, Environment = environment };
    }
}

internal static class ViewRefusal
{
    public static FhirRefusal Of(string where, string what) =>
        new(400, "invalid", $"{where}: {what}.", where);
}
