using System.Text;
using System.Text.Json;
using Health.Fhir.Search.Definitions;

namespace Health.Fhir.Search.Reading;

internal enum NodeKind : byte
{
    Object,

    /// <summary>Its bytes are its text.</summary>
    String,

    /// <summary>Has a backslash.</summary>
    EscapedString,
    Number,
    True,
    False,
}

/// <summary>One value of the body. Items of an array are siblings with the same element.</summary>
internal struct Node
{
    public ElementTable? Element;

    /// <summary>The type it really has, where the element leaves a choice.</summary>
    public TypeTable Type;

    /// <summary>Byte position; of a string that of its quote.</summary>
    public int Start;

    /// <summary>In bytes, quotes included.</summary>
    public int Length;

    /// <summary>0: the last.</summary>
    public int Next;

    /// <summary>0: none. Of a string: one more than its place among the links.</summary>
    public int Child;

    public NodeKind Kind;
}

/// <summary>A JSON property of the resource or of its meta, name and value, by byte positions.</summary>
internal readonly record struct Property(int Start, int End);

/// <summary>Other text for a stretch of the body, as JSON.</summary>
internal readonly record struct Edit(int Start, int End, string Text);

/// <summary>
/// The body as a flat tree that points into the bytes: written by the pass that checks the structure, read by the extraction. The root is
/// node 1, so that 0 means none.
/// </summary>
internal sealed class BodyTape
{
    private Node[] nodes = new Node[256];
    private int count = 1;

    public ReadOnlyMemory<byte> Body { get; private set; }

    public List<Property> RootProperties { get; } = [];
    public List<Property> MetaProperties { get; } = [];

    /// <summary>What a lenient reader mended, in the order of the body.</summary>
    public List<Edit> Mended { get; } = [];

    public bool IsLarge => nodes.Length > 16 * 1024;

    /// <summary>One more than the last node's number.</summary>
    public int Count => count;

    public ref Node this[int index] => ref nodes[index];

    public void Begin(ReadOnlyMemory<byte> body)
    {
        Body = body;
        count = 1;
        RootProperties.Clear();
        MetaProperties.Clear();
        Mended.Clear();
    }

    public int Add(ElementTable? element, TypeTable type, NodeKind kind, int start, int length)
    {
        if (count == nodes.Length)
        {
            Array.Resize(ref nodes, count * 2);
        }
        nodes[count] = new Node
        {
            Element = element,
            Type = type,
            Kind = kind,
            Start = start,
            Length = length,
        };
        return count++;
    }

    /// <summary>The text in UTF-8, without quotes.</summary>
    public ReadOnlySpan<byte> Utf8(in Node node) =>
        node.Kind switch
        {
            NodeKind.String => Body.Span.Slice(node.Start + 1, node.Length - 2),
            // Many writers escape the + of a zone.
            NodeKind.EscapedString => Encoding.UTF8.GetBytes(Unescaped(node)),
            _ => Body.Span.Slice(node.Start, node.Length),
        };

    public string Text(in Node node) =>
        node.Kind switch
        {
            NodeKind.EscapedString => Unescaped(node),
            NodeKind.True => "true",
            NodeKind.False => "false",
            _ => Encoding.UTF8.GetString(Utf8(node)),
        };

    /// <summary>As <see cref="Text"/>, for what repeats from resource to resource: systems, codes, units.</summary>
    public string SharedText(in Node node) =>
        node.Kind is NodeKind.String ? SharedStrings.Get(Utf8(node)) : Text(node);

    public bool Is(in Node node, string text) =>
        node.Kind is NodeKind.String
            ? Ascii.Equals(Utf8(node), text)
            : string.Equals(Text(node), text, StringComparison.Ordinal);

    /// <summary>The first child in the slot; 0 when there is none.</summary>
    public int Find(int parent, int slot)
    {
        for (var child = nodes[parent].Child; child != 0; child = nodes[child].Next)
        {
            if (nodes[child].Element!.Slot == slot)
            {
                return child;
            }
        }
        return 0;
    }

    /// <summary>The next item of the same list; 0 after the last.</summary>
    public int NextItem(int node)
    {
        var next = nodes[node].Next;
        return next != 0 && nodes[next].Element!.Slot == nodes[node].Element!.Slot ? next : 0;
    }

    private string Unescaped(in Node node)
    {
        var reader = new Utf8JsonReader(Body.Span.Slice(node.Start, node.Length));
        reader.Read();
        return reader.GetString()!;
    }
}

/// <summary>Short texts that come again and again are made once. Bounded; a newcomer takes the place of an older one.</summary>
internal static class SharedStrings
{
    private const int Size = 8192;
    private static readonly string?[] Known = new string?[Size];

    public static string Get(ReadOnlySpan<byte> text)
    {
        if (text.Length > 128)
        {
            return Encoding.UTF8.GetString(text);
        }
        var hash = (uint)text.Length;
        foreach (var letter in text)
        {
            hash = (hash * 31) + letter;
        }
        ref var place = ref Known[(hash ^ (hash >> 13)) & (Size - 1)];
        // A torn read cannot happen to a reference: whichever thread writes last, what is read is a whole string.
        if (place is { } known && Ascii.Equals(text, known))
        {
            return known;
        }
        return place = Encoding.UTF8.GetString(text);
    }
}
