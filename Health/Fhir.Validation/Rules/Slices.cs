using System.Text.Json;
using Health.Fhir.Validation.Content;
using Health.Fhir.Validation.Definitions;

namespace Health.Fhir.Validation.Rules;

/// <summary>Which slice an element belongs to, by its discriminators (https://hl7.org/fhir/R4/profiling.html#discriminator).</summary>
internal static class Slices
{
    private static readonly Discriminator[] ByUrl = [new("value", "url")];
    private static readonly Discriminator[] ByType = [new("type", "$this")];

    /// <summary>Extensions are always told apart by url, and the types of a choice by themselves.</summary>
    public static SlicingRule RuleOf(ElementRule sliced) =>
        sliced.Slicing is { Discriminators.Count: > 0 } said
            ? said
            : new(
                sliced.IsChoice ? ByType
                    : sliced.Name is "extension" or "modifierExtension" ? ByUrl
                    : [],
                sliced.Slicing?.Rules ?? "open",
                sliced.Slicing?.Ordered ?? false
            );

    /// <param name="conforms">Whether an element conforms to one of the profiles.</param>
    public static bool Belongs(
        Element element,
        ElementRule slice,
        IReadOnlyList<Discriminator> discriminators,
        Structures structures,
        Func<Element, IReadOnlyList<string>, bool> conforms
    ) =>
        discriminators.Count > 0
        && discriminators.All(discriminator =>
            Holds(element, slice, discriminator, structures, conforms)
        );

    private static bool Holds(
        Element element,
        ElementRule slice,
        Discriminator discriminator,
        Structures structures,
        Func<Element, IReadOnlyList<string>, bool> conforms
    )
    {
        var path = Parts(discriminator.Path);
        var there = At([element], path).ToList();
        var expected = Expected(slice, path, structures);
        return discriminator.Type switch
        {
            "exists" => expected switch
            {
                { Rule.Max: 0 } => there.Count == 0,
                _ => there.Count > 0,
            },
            "type" when path is [.., "resolve()"] => expected.Rule is { Types: var types }
                && At([element], path[..^1])
                    .Any(one =>
                        types.Any(type =>
                            type.Targets.Any(target =>
                                (structures.Find(target)?.Type ?? target) == References.TypeOf(one)
                            )
                        )
                    ),
            "type" => expected.Rule is { Types: var types }
                && there.Any(one => types.Any(type => type.Code == (one.ResourceType ?? one.Type))),
            "profile" => expected.Rule is { Types: var types }
                && there.Any(one =>
                    conforms(one, [.. types.SelectMany(type => type.Profiles.Concat(type.Targets))])
                ),
            _ => expected switch
            {
                { Values: { Count: > 0 } values } => values.All(value =>
                    there.Any(one => ValueMatch.Matches(one, value))
                ),
                // Told by being there, where the definition gives no value.
                { Rule: { Min: > 0, Binding: null } } => there.Count > 0,
                _ => false,
            },
        };
    }

    /// <summary>
    /// What the slice says of the element at the path: its rule, and the values of fixed or pattern, its own or of an element above.
    /// </summary>
    private static (ElementRule? Rule, List<JsonElement> Values) Expected(
        ElementRule rule,
        ReadOnlySpan<string> path,
        Structures structures
    )
    {
        if ((rule.Fixed ?? rule.Pattern) is { } value)
        {
            return (rule, Within([value], path.ToArray()).ToList());
        }
        if (path.IsEmpty)
        {
            return (rule, []);
        }
        if (path[0] == "resolve()")
        {
            return Expected(rule, path[1..], structures);
        }
        // What the slice leaves unsaid, slices within it may say, or the profile of its type: the url of an extension.
        ElementRule? known = null;
        var name = path[0];
        foreach (
            var next in rule
                .Slices.Prepend(rule)
                .Concat(
                    rule.Types.SelectMany(type => type.Profiles)
                        .Select(structures.Find)
                        .OfType<Structure>()
                        .Select(profile => profile.Root)
                )
                .Select(owner => owner.Child(name))
                .OfType<ElementRule>()
                .ToList()
        )
        {
            var (found, values) = Expected(next, path[1..], structures);
            if (values.Count > 0)
            {
                return (found, values);
            }
            known ??= found;
        }
        return (known, []);
    }

    private static IEnumerable<JsonElement> Within(IEnumerable<JsonElement> values, string[] path)
    {
        foreach (var name in path)
        {
            values = values
                .Where(value =>
                    value.ValueKind is JsonValueKind.Object && value.TryGetProperty(name, out _)
                )
                .Select(value => value.GetProperty(name))
                .SelectMany(value =>
                    value.ValueKind is JsonValueKind.Array
                        ? value.EnumerateArray()
                        : Enumerable.Repeat(value, 1)
                );
        }
        return values;
    }

    private static IEnumerable<Element> At(IEnumerable<Element> elements, string[] path)
    {
        foreach (var name in path)
        {
            elements =
                name == "resolve()"
                    ? elements.Select(References.Resolve).OfType<Element>()
                    : elements.SelectMany(element => element.Named(name));
        }
        return elements;
    }

    /// <summary><c>code.coding</c>, <c>$this</c>, <c>value.ofType(Quantity).unit</c>, <c>resolve().code</c>, <c>extension('url').value</c> (by its last part).</summary>
    private static string[] Parts(string path) =>
        [
            .. path.Split('.')
                .Where(part =>
                    part != "$this" && !part.StartsWith("ofType(", StringComparison.Ordinal)
                ),
        ];
}
