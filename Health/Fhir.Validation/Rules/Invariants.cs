using System.Collections.Concurrent;
using Health.Fhir.Validation.Content;
using Health.Fhir.Validation.Definitions;
using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Model;
using Hl7.FhirPath;
using Hl7.FhirPath.Expressions;

namespace Health.Fhir.Validation.Rules;

/// <summary>
/// Invariants by FHIRPath over Firely's model of the same resource (https://hl7.org/fhir/R4/conformance-rules.html#constraints). Those
/// that stand on nearly every element are decided here without it.
/// </summary>
internal sealed class Invariants(Resource? model)
{
    private static readonly FhirPathCompiler Compiler = new(
        new SymbolTable().AddStandardFP().AddFhirExtensions()
    );

    private static readonly ConcurrentDictionary<string, CompiledExpression?> Compiled = new();

    private readonly PocoNode? root = model?.ToPocoNode(ModelInfo.ModelInspector);
    private readonly Dictionary<Element, PocoNode?> nodes = [];
    private readonly HashSet<(Element, string)> judged = [];

    public void Check(Element element, ElementRule rule, Report report)
    {
        foreach (var constraint in rule.Constraints)
        {
            // The snapshot of a profile repeats what its type says.
            if (judged.Add((element, constraint.Key)) && !Holds(element, constraint, report))
            {
                var text = $"{constraint.Key}: {constraint.Human}";
                if (constraint.IsError)
                {
                    report.Error(element, "invariant", text);
                }
                else
                {
                    report.Warning(element, "invariant", text);
                }
            }
        }
    }

    private bool Holds(Element element, ConstraintRule constraint, Report report) =>
        constraint.Key switch
        {
            // hasValue() or (children().count() > id.count())
            "ele-1" => element.Text is not null
                || element.ResourceType is not null
                || element.Children.Exists(child => child.Name != "id"),
            // extension.exists() != value.exists()
            "ext-1" => element.Children.Exists(child => child.Name == "extension")
                != element.Children.Exists(child =>
                    child.Name.StartsWith("value", StringComparison.Ordinal)
                ),
            "dom-2"
            or "dom-3"
            or "dom-4"
            or "dom-5" when !element.Children.Exists(child => child.Name == "contained") => true,
            // A reference within the resource leads to something contained; '#' alone to the resource around.
            "ref-1" => element.Child("reference")?.Text is not ['#', ..]
                || References.Resolve(element) is not null,
            // text.`div`.exists()
            "dom-6" => element.Child("text")?.Child("div") is not null,
            _ => Evaluated(element, constraint, report),
        };

    private bool Evaluated(Element element, ConstraintRule constraint, Report report)
    {
        var expression = Compiled.GetOrAdd(constraint.Expression, Compile);
        if (expression is null)
        {
            report.Information(
                element,
                "not-supported",
                $"{constraint.Key} cannot be checked: its FHIRPath is not understood ({constraint.Expression})."
            );
            return true;
        }
        if (NodeOf(element) is not { } node)
        {
            // What is not of the model was told already.
            return true;
        }
        try
        {
            return expression.IsTrue(
                node,
                new FhirEvaluationContext
                {
                    Resource = NodeOf(element.Resource),
                    RootResource = NodeOf(RootOf(element.Resource)),
                    ElementResolver = _ => null,
                    Tracer = (_, _) => { },
                }
            );
        }
        catch (Exception failed)
            when (failed
                    is InvalidOperationException
                        or ArgumentException
                        or FormatException
                        or NotSupportedException
                        or InvalidCastException
            )
        {
            report.Information(
                element,
                "not-supported",
                $"{constraint.Key} cannot be checked here: {failed.Message}"
            );
            return true;
        }
    }

    private static CompiledExpression? Compile(string expression)
    {
        try
        {
            return Compiler.Compile(expression);
        }
        catch (Exception wrong)
            when (wrong is FormatException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The resource around a contained one; an entry of a bundle is its own.</summary>
    private static Element RootOf(Element resource) =>
        resource is { Name: "contained", Parent: { } owner } ? owner : resource;

    /// <summary>The same element in Firely's model, by its way down from the root.</summary>
    private PocoNode? NodeOf(Element element)
    {
        if (element.Parent is null)
        {
            return root;
        }
        if (!nodes.TryGetValue(element, out var node))
        {
            node = NodeOf(element.Parent) is { } parent
                ? new[] { parent }
                    .FlatChildren(element.BaseName ?? element.Name)
                    .ElementAtOrDefault(element.Index)
                : null;
            nodes[element] = node;
        }
        return node;
    }
}
