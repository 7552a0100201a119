using System.Text;

namespace Health.Fhir.Validation.Content;

/// <summary>How a value stood in the JSON.</summary>
public enum ValueKind
{
    /// <summary>Only an id or extensions (<c>_name</c>), or null in an array.</summary>
    None,
    String,
    Number,
    Boolean,
    Complex,
}

/// <summary>
/// One element of a resource with its place in the text: an object, or a primitive with what stood beside it under <c>_name</c>.
/// Arrays are taken apart, their items are elements of the same name.
/// </summary>
public sealed class Element(string name, Element? parent)
{
    /// <summary>As in JSON: <c>valueQuantity</c>.</summary>
    public string Name { get; } = name;

    public Element? Parent { get; } = parent;

    /// <summary>Place in its array.</summary>
    public int Index { get; init; }

    public bool IsInArray { get; init; }

    public int Line { get; set; }
    public int Column { get; set; }

    public ValueKind Kind { get; set; }

    /// <summary>Of a primitive, as it was written.</summary>
    public string? Text { get; set; }

    public List<Element> Children { get; } = [];

    /// <summary>Of a resource; null for anything else.</summary>
    public string? ResourceType { get; set; }

    /// <summary>Name without the type, where the definition has a choice: <c>value</c> of <c>valueQuantity</c>.</summary>
    public string? BaseName { get; set; }

    /// <summary>Its data type, once a definition has told it.</summary>
    public string? Type { get; set; }

    /// <summary>Where a definition names it: <c>Questionnaire.item</c> for items at any depth, <c>HumanName.family</c>.</summary>
    public string? DefinedAs { get; set; }

    /// <summary>What the reader found wrong with the JSON of this element.</summary>
    public string? Fault { get; set; }

    /// <summary>The resource that it is in: itself, when it is one.</summary>
    public Element Resource => ResourceType is not null || Parent is null ? this : Parent.Resource;

    public Element Root => Parent?.Root ?? this;

    public Element? Child(string name) => Children.Find(child => child.Name == name);

    /// <summary>Also where the name goes on with a type (<c>value</c> finds <c>valueQuantity</c>).</summary>
    public IEnumerable<Element> Named(string name) =>
        Children.Where(child =>
            child.Name == name
            || child.BaseName == name
            || child.BaseName is null
                && child.Name.Length > name.Length
                && char.IsAsciiLetterUpper(child.Name[name.Length])
                && child.Name.StartsWith(name, StringComparison.Ordinal)
        );

    public string Path
    {
        get
        {
            var path = new StringBuilder();
            Write(path);
            return path.ToString();
        }
    }

    private void Write(StringBuilder path)
    {
        if (Parent is null)
        {
            path.Append(ResourceType ?? Name);
            return;
        }
        Parent.Write(path);
        path.Append('.').Append(BaseName ?? Name);
        if (IsInArray)
        {
            path.Append('[').Append(Index).Append(']');
        }
    }
}
