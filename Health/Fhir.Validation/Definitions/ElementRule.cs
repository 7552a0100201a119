using System.Text.Json;

namespace Health.Fhir.Validation.Definitions;

/// <param name="Code">Data type or resource type; <c>Resource</c> for any.</param>
/// <param name="Profiles">One of which the value must conform to.</param>
/// <param name="Targets">Types or profiles, one of which a reference must lead to.</param>
public sealed record TypeRule(
    string Code,
    IReadOnlyList<string> Profiles,
    IReadOnlyList<string> Targets
);

/// <param name="Strength">required, extensible, preferred or example.</param>
public sealed record BindingRule(string Strength, string ValueSet);

/// <summary>An invariant.</summary>
public sealed record ConstraintRule(string Key, bool IsError, string Human, string Expression);

/// <param name="Type">value, pattern, exists, type or profile.</param>
public sealed record Discriminator(string Type, string Path);

/// <param name="Rules">open, closed or openAtEnd.</param>
public sealed record SlicingRule(
    IReadOnlyList<Discriminator> Discriminators,
    string Rules,
    bool Ordered
);

/// <summary>
/// What a StructureDefinition says of one element, with the elements below it and its slices
/// (https://hl7.org/fhir/R4/elementdefinition.html).
/// </summary>
public sealed class ElementRule
{
    public required string Id { get; init; }

    /// <summary>Last part of the path, without <c>[x]</c>.</summary>
    public required string Name { get; init; }

    public bool IsChoice { get; init; }

    public int Min { get; init; }

    /// <summary>Null when the definition does not say; <see cref="int.MaxValue"/> for <c>*</c>.</summary>
    public int? Max { get; init; }

    public IReadOnlyList<TypeRule> Types { get; init; } = [];

    /// <summary>Id of the element whose children are the children here too.</summary>
    public string? ContentReference { get; init; }

    public JsonElement? Fixed { get; init; }
    public JsonElement? Pattern { get; init; }
    public JsonElement? MinValue { get; init; }
    public JsonElement? MaxValue { get; init; }
    public int? MaxLength { get; init; }
    public BindingRule? Binding { get; init; }
    public IReadOnlyList<ConstraintRule> Constraints { get; init; } = [];
    public SlicingRule? Slicing { get; init; }

    /// <summary>Of a slice; null for anything else.</summary>
    public string? SliceName { get; init; }

    public List<ElementRule> Slices { get; } = [];
    public List<ElementRule> Children { get; } = [];

    public ElementRule? Child(string name) => Children.Find(child => child.Name == name);
}
