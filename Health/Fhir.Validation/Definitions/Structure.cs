using System.Text.Json;
using Health.Fhir.Terminology.Codes;

namespace Health.Fhir.Validation.Definitions;

/// <param name="Type">element, extension or fhirpath.</param>
public sealed record ExtensionContext(string Type, string Expression);

/// <summary>A StructureDefinition as a tree of rules (https://hl7.org/fhir/R4/structuredefinition.html).</summary>
public sealed class Structure
{
    private readonly Dictionary<string, ElementRule> byId = [];

    public required string Url { get; init; }
    public required string Type { get; init; }
    public string? Name { get; init; }
    public string? Base { get; init; }

    /// <summary>A profile narrows a type; else it is the type's own definition.</summary>
    public bool IsProfile { get; init; }

    public bool IsAbstract { get; init; }

    /// <summary>The rules are only what differs from <see cref="Base"/>, which holds too.</summary>
    public bool IsDifferential { get; init; }

    public IReadOnlyList<ExtensionContext> Contexts { get; init; } = [];
    public ElementRule Root { get; private set; } = null!;

    public ElementRule? Find(string id) => byId.GetValueOrDefault(id);

    /// <summary>Every rule, for finding what else must be at hand.</summary>
    public IEnumerable<ElementRule> Rules => byId.Values;

    /// <exception cref="JsonException">It has no elements, or they hang in the air.</exception>
    public static Structure Read(JsonElement resource)
    {
        // A profile's own words are enough, since the type's are checked anyway; of a type there is only the snapshot.
        var isProfile = Text(resource, "derivation") == "constraint";
        var hasDifferential =
            resource.TryGetProperty("differential", out var view)
            && view.TryGetProperty("element", out _);
        var isDifferential = isProfile && hasDifferential;
        if (!isDifferential && !resource.TryGetProperty("snapshot", out view))
        {
            throw new JsonException(
                $"{Text(resource, "url")} has neither snapshot nor differential."
            );
        }
        var structure = new Structure
        {
            Url = Text(resource, "url") ?? "",
            Type = Text(resource, "type") ?? "",
            Name = Text(resource, "name"),
            Base = Text(resource, "baseDefinition"),
            IsProfile = isProfile,
            IsAbstract =
                resource.TryGetProperty("abstract", out var isAbstract) && isAbstract.GetBoolean(),
            IsDifferential = isDifferential,
            Contexts =
            [
                .. Each(resource, "context")
                    .Select(context => new ExtensionContext(
                        Text(context, "type") ?? "",
                        Text(context, "expression") ?? ""
                    )),
            ],
        };
        foreach (var json in Each(view, "element"))
        {
            structure.Add(ElementRuleReader.Read(json));
        }
        // A differential need not mention its root.
        structure.Root ??= structure.Missing(structure.Type);
        return structure;
    }

    private void Add(ElementRule rule)
    {
        byId[rule.Id] = rule;
        var (dot, colon) = (rule.Id.LastIndexOf('.'), rule.Id.LastIndexOf(':'));
        if (colon > dot)
        {
            // a.b:x is a slice of a.b; b:x/y one of b:x.
            var slash = rule.Id.IndexOf('/', colon);
            OwnerOf(rule.Id[..(slash < 0 ? colon : slash)]).Slices.Add(rule);
        }
        else if (dot < 0)
        {
            Root = rule;
        }
        else
        {
            OwnerOf(rule.Id[..dot]).Children.Add(rule);
        }
    }

    private ElementRule OwnerOf(string id) =>
        byId.TryGetValue(id, out var owner) ? owner : Missing(id);

    /// <summary>Differentials leave out elements about which they have nothing to say.</summary>
    private ElementRule Missing(string id)
    {
        var last = id[(id.LastIndexOf('.') + 1)..];
        var colon = last.IndexOf(':');
        var name = colon < 0 ? last : last[..colon];
        var isChoice = name.EndsWith("[x]", StringComparison.Ordinal);
        var rule = new ElementRule
        {
            Id = id,
            Name = isChoice ? name[..^3] : name,
            IsChoice = isChoice,
            SliceName = colon < 0 ? null : last[(colon + 1)..],
        };
        Add(rule);
        return rule;
    }

    private static string? Text(JsonElement of, string name) => CodeSystemReader.Text(of, name);

    private static IEnumerable<JsonElement> Each(JsonElement of, string name) =>
        CodeSystemReader.Each(of, name);
}
