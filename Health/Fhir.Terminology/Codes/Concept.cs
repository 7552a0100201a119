namespace Health.Fhir.Terminology.Codes;

/// <summary>Another name of a concept.</summary>
/// <param name="Language">BCP 47, such as <c>en</c>; null when the source does not say.</param>
/// <param name="Use">Code of http://terminology.hl7.org/CodeSystem/designation-usage, or of the source's own system.</param>
public sealed record Designation(string? Language, string? Use, string Value);

/// <param name="Type">code, string, integer, boolean, decimal, dateTime or Coding: the suffix of FHIR's <c>value[x]</c>.</param>
/// <param name="Value">As FHIR writes it; of a Coding its code.</param>
public sealed record ConceptProperty(string Code, string Type, string Value);

/// <summary>One concept of a code system (https://hl7.org/fhir/R4/codesystem.html).</summary>
public sealed class Concept(string code, string? display)
{
    public string Code { get; } = code;

    /// <summary>In the language of the code system.</summary>
    public string? Display { get; } = display;

    public string? Definition { get; init; }
    public IReadOnlyList<Designation> Designations { get; init; } = [];
    public IReadOnlyList<ConceptProperty> Properties { get; init; } = [];

    /// <summary>Groups others, and is not itself to be chosen (property <c>notSelectable</c>).</summary>
    public bool IsAbstract { get; init; }

    /// <summary>No longer to be used (property <c>inactive</c>, or <c>status</c> retired or inactive).</summary>
    public bool IsInactive { get; init; }

    public IReadOnlyList<Concept> Parents => parents;
    public IReadOnlyList<Concept> Children => children;

    /// <summary>Place in the code system's own order.</summary>
    internal int Order { get; set; }

    private readonly List<Concept> parents = [];
    private readonly List<Concept> children = [];

    internal void Under(Concept parent)
    {
        if (!parents.Contains(parent))
        {
            parents.Add(parent);
            parent.children.Add(this);
        }
    }

    /// <summary>The name in that language, or else the concept's own.</summary>
    public string? DisplayIn(string? language, string? systemLanguage)
    {
        if (language is null || Speaks(systemLanguage, language))
        {
            return Display;
        }
        foreach (var designation in Designations)
        {
            if (Speaks(designation.Language, language))
            {
                return designation.Value;
            }
        }
        return Display;
    }

    /// <summary><c>en-GB</c> speaks <c>en</c>; a list such as <c>vi,en;q=0.5</c> asks for its first.</summary>
    private static bool Speaks(string? spoken, string asked)
    {
        var end = asked.AsSpan().IndexOfAny(',', ';');
        var first = end < 0 ? asked.AsSpan() : asked.AsSpan(0, end);
        return spoken is not null
            && spoken.AsSpan().StartsWith(first, StringComparison.OrdinalIgnoreCase)
            && (spoken.Length == first.Length || spoken[first.Length] == '-');
    }
}
