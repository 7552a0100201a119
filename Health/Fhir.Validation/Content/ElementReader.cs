using System.Text;
using System.Text.Json;

namespace Health.Fhir.Validation.Content;

/// <summary>Reads the JSON of a resource into elements with line and column (https://hl7.org/fhir/R4/json.html).</summary>
public static class ElementReader
{
    private const int Deepest = 128;

    /// <summary>Elsewhere resourceType is an element as others are: that of ExampleScenario.instance.</summary>
    private static readonly string[] HoldResources = ["contained", "resource", "outcome"];

    /// <exception cref="JsonException">Not JSON, or not an object; with line and position.</exception>
    public static Element Read(ReadOnlyMemory<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8.Span, new JsonReaderOptions { MaxDepth = Deepest });
        var places = new Places(utf8);
        reader.Read();
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            throw new JsonException("A resource is a JSON object.", null, 0, 0);
        }
        var root = new Element("", null) { Kind = ValueKind.Complex };
        places.Put(root, ref reader);
        ReadObject(root, ref reader, places);
        reader.Read();
        return root;
    }

    private static void ReadObject(Element owner, ref Utf8JsonReader reader, Places places)
    {
        HashSet<string> seen = [];
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!seen.Add(name))
            {
                owner.Fault = $"The property '{name}' stands twice.";
            }
            reader.Read();
            if (
                name == "resourceType"
                && reader.TokenType is JsonTokenType.String
                && (owner.Parent is null || HoldResources.Contains(owner.Name))
            )
            {
                owner.ResourceType = reader.GetString();
                continue;
            }
            // _name carries id and extensions of the primitive called name.
            var beside = name is ['_', _, ..];
            var called = beside ? name[1..] : name;
            if (reader.TokenType is JsonTokenType.StartArray)
            {
                var index = 0;
                while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
                {
                    ReadValue(Item(owner, called, index++, true), ref reader, places, beside);
                }
                if (index == 0)
                {
                    owner.Fault = $"'{name}' is an empty array; leave it out.";
                }
            }
            else
            {
                ReadValue(Item(owner, called, 0, false), ref reader, places, beside);
            }
        }
    }

    private static Element Item(Element owner, string name, int index, bool inArray)
    {
        var known = owner.Children.Find(child => child.Name == name && child.Index == index);
        if (known is null)
        {
            known = new Element(name, owner) { Index = index, IsInArray = inArray };
            owner.Children.Add(known);
        }
        return known;
    }

    private static void ReadValue(
        Element element,
        ref Utf8JsonReader reader,
        Places places,
        bool beside
    )
    {
        if (element.Line == 0)
        {
            places.Put(element, ref reader);
        }
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                if (!beside)
                {
                    element.Kind = ValueKind.Complex;
                }
                ReadObject(element, ref reader, places);
                break;
            case JsonTokenType.StartArray:
                element.Fault = "An array stands in an array.";
                reader.Skip();
                break;
            case JsonTokenType.Null:
                if (!element.IsInArray)
                {
                    element.Fault = "null says nothing; leave the property out.";
                }
                break;
            default:
                if (beside)
                {
                    element.Fault = $"'_{element.Name}' is an object with id or extension.";
                    break;
                }
                element.Kind = reader.TokenType switch
                {
                    JsonTokenType.String => ValueKind.String,
                    JsonTokenType.Number => ValueKind.Number,
                    _ => ValueKind.Boolean,
                };
                element.Text =
                    reader.TokenType is JsonTokenType.String
                        ? Text(ref reader, element)
                        : Encoding.UTF8.GetString(reader.ValueSpan);
                break;
        }
    }

    private static string Text(ref Utf8JsonReader reader, Element element)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // What System.Text.Json throws for half a surrogate pair.
            element.Fault = "The text is not valid Unicode.";
            return "";
        }
    }

    /// <summary>Line and column of tokens, counted on as they come.</summary>
    private sealed class Places(ReadOnlyMemory<byte> utf8)
    {
        private int at;
        private int line = 1;
        private int lineStart;

        public void Put(Element element, ref Utf8JsonReader reader)
        {
            var start = (int)reader.TokenStartIndex;
            var span = utf8.Span;
            while (span[at..start].IndexOf((byte)'\n') is >= 0 and var offset)
            {
                at += offset + 1;
                line++;
                lineStart = at;
            }
            at = start;
            (element.Line, element.Column) = (line, start - lineStart + 1);
        }
    }
}
