using System.Numerics;
using System.Text;
using System.Text.Json;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Values;

namespace Health.Fhir.Search.Reading;

/// <summary>
/// Walks the JSON of one resource once, holds it against the R4 types and writes the tape.
/// https://hl7.org/fhir/R4/json.html
/// </summary>
internal sealed class StructureCheck(ReaderOptions options)
{
    private static readonly TypeTable ReferenceType = TypeTable.Get("Reference")!;
    private static readonly int ReferenceSlot = ReferenceType.Slot("reference");

    private readonly List<(ElementTable Element, int Index)> path = [];
    private readonly List<(ElementTable Element, bool Shadow, int Count, ulong Nulls)> lists = [];
    private readonly bool isLenient = options.Input == InputHandling.Lenient;
    private byte[] scratch = [];
    private BodyTape tape = null!;
    private IndexedResource result = null!;
    private string prefix = "";
    private string rootName = "";

    /// <param name="within">FHIRPath of where the resource lies in a Bundle; empty when it stands alone.</param>
    public void Run(ref Utf8JsonReader reader, BodyTape onto, IndexedResource into, string within)
    {
        (tape, result, prefix, rootName) = (onto, into, within, "");
        path.Clear();
        lists.Clear();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Error("structure", "A resource is a JSON object.");
            reader.Skip();
            return;
        }
        if (ResourceTypeOf(reader) is not { } type)
        {
            reader.Skip();
            return;
        }
        rootName = type.Name;
        result.ResourceType = type.Name;
        var root = tape.Add(null, type, NodeKind.Object, (int)reader.TokenStartIndex, 0);
        ReadObject(ref reader, type, root, tape.RootProperties);
    }

    private void Error(string code, string text)
    {
        if (result.Issues.Count < options.Issues)
        {
            result.Issues.Add(new StructureIssue(code, text, Expression(), true));
        }
    }

    private void ReadObject(
        ref Utf8JsonReader reader,
        TypeTable type,
        int node,
        List<Property>? properties
    )
    {
        var isResource = type.Kind == DataKind.Resource;
        var start = (int)reader.TokenStartIndex;
        var firstList = lists.Count;
        ulong seen = 0;
        ulong shadows = 0;
        var last = 0;
        var isEmpty = true;
        var end = start + 1;
        var removedFrom = -1;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var nameStart = (int)reader.TokenStartIndex;
            var name = reader.ValueIsEscaped
                ? Encoding.UTF8.GetBytes(reader.GetString()!)
                : reader.ValueSpan;
            if (isResource && name.SequenceEqual("resourceType"u8))
            {
                reader.Read();
                continue;
            }
            isEmpty = false;
            var isShadow = name is [(byte)'_', ..];
            var element = type.Find(isShadow ? name[1..] : name);
            if (element is null || (isShadow && element.Type is not { IsPrimitive: true }))
            {
                Unknown(type, Encoding.UTF8.GetString(name));
                reader.Read();
                reader.Skip();
                continue;
            }
            var bit = 1UL << element.Slot;
            if (((isShadow ? shadows : seen) & bit) != 0)
            {
                Twice(element, isShadow);
                reader.Read();
                reader.Skip();
                continue;
            }
            if (isShadow)
            {
                shadows |= bit;
            }
            else
            {
                seen |= bit;
            }
            reader.Read();
            if (removedFrom >= 0)
            {
                // What was removed came first, so the comma after it goes too.
                tape.Mended.Add(new Edit(removedFrom, nameStart, ""));
                removedFrom = -1;
            }
            if (IsRemovable(ref reader, element, isShadow))
            {
                Push(element, -1);
                Report("An empty text was left out.");
                Pop();
                if (properties is null && end == start + 1)
                {
                    removedFrom = nameStart;
                }
                else if (properties is null)
                {
                    tape.Mended.Add(new Edit(end, (int)reader.BytesConsumed, ""));
                }
                seen &= ~bit;
                continue;
            }
            if (element.IsList)
            {
                ReadList(ref reader, type, element, isShadow, node, ref last);
            }
            else if (reader.TokenType == JsonTokenType.StartArray)
            {
                Push(element, -1);
                Error("structure", $"{element.JsonName} is a single value, not an array.");
                Pop();
                reader.Skip();
            }
            else
            {
                ReadItem(ref reader, type, element, isShadow, -1, node, ref last);
            }
            end = (int)reader.BytesConsumed;
            properties?.Add(new Property(nameStart, end));
        }
        tape[node].Length = (int)reader.BytesConsumed - start;
        if (isEmpty && isResource && isLenient)
        {
            Report($"The {type.Name} has nothing but its type.");
        }
        else if (isEmpty || removedFrom >= 0)
        {
            Error(
                "structure",
                isResource
                    ? $"The {type.Name} has nothing but its type."
                    : "An object must not be empty; leave the property out."
            );
        }
        for (var missing = type.Required & ~(seen | shadows); missing != 0; missing &= missing - 1)
        {
            var name = type.Slots[BitOperations.TrailingZeroCount(missing)];
            Error("required", $"{type.Name}.{name} must be given.");
        }
        if (lists.Count > firstList)
        {
            CheckNulls(firstList, shadows);
        }
    }

    private void ReadList(
        ref Utf8JsonReader reader,
        TypeTable owner,
        ElementTable element,
        bool isShadow,
        int parent,
        ref int last
    )
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Push(element, -1);
            Error("structure", $"{element.JsonName} may repeat, so it is written as an array.");
            Pop();
            reader.Skip();
            return;
        }
        var count = 0;
        ulong nulls = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (
                reader.TokenType == JsonTokenType.Null
                && element.Type is { IsPrimitive: true }
                && count < 64
            )
            {
                nulls |= 1UL << count;
            }
            else
            {
                ReadItem(ref reader, owner, element, isShadow, count, parent, ref last);
            }
            count++;
        }
        if (count == 0)
        {
            Push(element, -1);
            Error("structure", "An array must not be empty; leave the property out.");
            Pop();
        }
        else if (nulls != 0 || isShadow)
        {
            lists.Add((element, isShadow, count, nulls));
        }
        else if (element.Type is { IsPrimitive: true })
        {
            // Only needed when its extensions follow; those lists must be as long.
            lists.Add((element, false, count, 0));
        }
    }

    private void ReadItem(
        ref Utf8JsonReader reader,
        TypeTable owner,
        ElementTable element,
        bool isShadow,
        int index,
        int parent,
        ref int last
    )
    {
        Push(element, index);
        var node = ReadValue(ref reader, owner, element, isShadow);
        Pop();
        if (node == 0 || isShadow)
        {
            return;
        }
        if (last == 0)
        {
            tape[parent].Child = node;
        }
        else
        {
            tape[last].Next = node;
        }
        last = node;
    }

    /// <returns>The node written; 0 when there is none.</returns>
    private int ReadValue(
        ref Utf8JsonReader reader,
        TypeTable owner,
        ElementTable element,
        bool isShadow
    )
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            Error("structure", "null says nothing; leave the property out.");
            return 0;
        }
        if (element.Type is { IsPrimitive: true } primitive && !isShadow)
        {
            return ReadPrimitive(ref reader, owner, element, primitive);
        }
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Error("structure", $"{Article(element.Type?.Name ?? "resource")} is a JSON object.");
            reader.Skip();
            return 0;
        }
        var type = element.Type;
        if (type is null && (type = ResourceTypeOf(reader)) is null)
        {
            reader.Skip();
            return 0;
        }
        var node = tape.Add(element, type, NodeKind.Object, (int)reader.TokenStartIndex, 0);
        var isMeta = path.Count == 1 && !isShadow && element.JsonName == "meta";
        ReadObject(ref reader, type, node, isMeta ? tape.MetaProperties : null);
        return node;
    }

    private int ReadPrimitive(
        ref Utf8JsonReader reader,
        TypeTable owner,
        ElementTable element,
        TypeTable type
    )
    {
        var kind = reader.TokenType switch
        {
            JsonTokenType.String => reader.ValueIsEscaped
                ? NodeKind.EscapedString
                : NodeKind.String,
            JsonTokenType.Number => NodeKind.Number,
            JsonTokenType.True => NodeKind.True,
            JsonTokenType.False => NodeKind.False,
            _ => NodeKind.Object,
        };
        var expected = Primitives.JsonKind(type.Kind);
        if (
            (kind == NodeKind.EscapedString ? NodeKind.String : kind) != expected
            && !(kind == NodeKind.False && expected == NodeKind.True)
        )
        {
            Error(
                "structure",
                $"{Article(type.Name)} is written as a JSON {Primitives.JsonName(expected)}."
            );
            reader.Skip();
            return 0;
        }
        var value =
            kind == NodeKind.EscapedString
                ? Encoding.UTF8.GetBytes(reader.GetString()!)
                : reader.ValueSpan;
        if (
            value.Length > options.TextBytes
            && type.Kind is not (DataKind.Base64 or DataKind.Xhtml)
        )
        {
            Error(
                "too-long",
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"A text may have {options.TextBytes:N0} bytes, this has {value.Length:N0}."
                )
            );
        }
        else if (Primitives.Refusal(type.Kind, value) is { } refusal)
        {
            if (!isLenient || !Mend(type.Kind, value, ref reader))
            {
                Error("value", refusal);
            }
        }
        else if (element.Codes is { } codes && !codes.TryFind(value, out _, out _))
        {
            Error(
                "code-invalid",
                $"'{Encoding.UTF8.GetString(value)}' is not a code of {codes.Name}: {string.Join(", ", codes.Codes.Take(30))}."
            );
        }
        var start = (int)reader.TokenStartIndex;
        var length = (int)reader.BytesConsumed - start;
        var node = tape.Add(element, type, kind, start, length);
        var isReference = owner == ReferenceType && element.Slot == ReferenceSlot;
        if (
            isReference
            || (
                type.Kind is DataKind.Uri or DataKind.Url or DataKind.Canonical
                && value.StartsWith("urn:uuid:"u8)
            )
        )
        {
            result.Links.Add(new Link(Encoding.UTF8.GetString(value), start, length, isReference));
            tape[node].Child = result.Links.Count;
        }
        return node;
    }

    private bool IsRemovable(ref Utf8JsonReader reader, ElementTable element, bool isShadow) =>
        isLenient
        && !isShadow
        && !element.IsList
        && element.Type is { IsPrimitive: true }
        && reader.TokenType == JsonTokenType.String
        && reader.ValueSpan.IsEmpty;

    /// <summary>Puts right what is common in the field: a time without its zone, a narrative without its namespace.</summary>
    private bool Mend(DataKind kind, ReadOnlySpan<byte> value, ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        var end = (int)reader.BytesConsumed;
        if (
            kind is DataKind.DateTime or DataKind.Instant
            && FhirDate.TryParse(value, out var date)
            && date is { HasZone: false, Precision: >= DatePrecision.Minute }
        )
        {
            var seconds = date.Precision == DatePrecision.Minute ? ":00" : "";
            tape.Mended.Add(
                new Edit(start, end, $"\"{Encoding.UTF8.GetString(value)}{seconds}+07:00\"")
            );
            Report("A time without a zone was taken as Viet Nam's, +07:00.");
            return true;
        }
        var div = reader.ValueSpan.IndexOf("<div"u8);
        if (
            kind == DataKind.Xhtml
            && div >= 0
            && value.IndexOf("xmlns"u8) < 0
            && Xhtml.Refusal([
                .. "<div xmlns=\"http://www.w3.org/1999/xhtml\""u8,
                .. value[(value.IndexOf("<div"u8) + 4)..],
            ])
                is null
        )
        {
            var at = start + 1 + div + 4;
            tape.Mended.Add(new Edit(at, at, $" xmlns=\\\"{Xhtml.Namespace}\\\""));
            Report("The narrative was given its XHTML namespace.");
            return true;
        }
        return false;
    }

    private void Report(string text)
    {
        if (result.Issues.Count < options.Issues)
        {
            result.Issues.Add(new StructureIssue("informational", text, Expression(), false));
        }
    }

    /// <summary>Good until the next one.</summary>
    private ReadOnlySpan<byte> Unescaped(ref Utf8JsonReader reader)
    {
        if (scratch.Length < reader.ValueSpan.Length)
        {
            scratch = new byte[reader.ValueSpan.Length * 2];
        }
        return scratch.AsSpan(0, reader.CopyString(scratch));
    }

    /// <summary>Looks ahead for the type, which may stand anywhere in the object.</summary>
    private TypeTable? ResourceTypeOf(Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("resourceType"u8))
            {
                reader.Read();
                reader.Skip();
                continue;
            }
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                var name = reader.GetString()!;
                if (TypeTable.Get(name) is { Kind: DataKind.Resource, IsAbstract: false } type)
                {
                    return type;
                }
                Error("structure", $"'{name}' is not a resource type of FHIR R4.");
                return null;
            }
            break;
        }
        Error("structure", "A resource names its type in resourceType.");
        return null;
    }

    /// <summary>A null in a list of primitives stands for a value that has only extensions: https://hl7.org/fhir/R4/json.html#primitive</summary>
    private void CheckNulls(int firstList, ulong shadows)
    {
        for (var index = firstList; index < lists.Count; index++)
        {
            var (element, isShadow, count, nulls) = lists[index];
            if (nulls == 0 && !isShadow && (shadows & (1UL << element.Slot)) == 0)
            {
                continue;
            }
            var other = lists.FindIndex(
                firstList,
                list => list.Element == element && list.Shadow != isShadow
            );
            Push(element, -1);
            if (other < 0 && nulls != 0)
            {
                Error(
                    "structure",
                    $"null in {element.JsonName} needs its extensions in _{element.JsonName}."
                );
            }
            else if (other > index)
            {
                if (lists[other].Count != count)
                {
                    Error(
                        "structure",
                        $"{element.JsonName} and _{element.JsonName} must have the same number of items."
                    );
                }
                else if ((lists[other].Nulls & nulls) != 0)
                {
                    Error(
                        "structure",
                        $"{element.JsonName} and _{element.JsonName} must not both be null in one place."
                    );
                }
            }
            Pop();
        }
        lists.RemoveRange(firstList, lists.Count - firstList);
    }

    private void Unknown(TypeTable type, string name)
    {
        var bare = name.TrimStart('_');
        var hint = "";
        var choices = type.All.Where(element => element.Name == bare).ToList();
        if (choices.Count > 0 && !choices.Exists(element => element.JsonName == bare))
        {
            hint =
                $" Its type belongs to its name: {string.Join(", ", choices.Take(5).Select(element => element.JsonName))}{(choices.Count > 5 ? ", …" : "")}.";
        }
        else if (choices.Count > 0)
        {
            hint = " Only primitive values have a property with an underscore.";
        }
        else if (
            type.All.FirstOrDefault(element =>
                element.JsonName.Equals(bare, StringComparison.OrdinalIgnoreCase)
            ) is
            { } near
        )
        {
            hint = $" Is {near.JsonName} meant?";
        }
        Error("structure", $"{type.Name} has no element '{name}'.{hint}");
    }

    private void Twice(ElementTable element, bool isShadow)
    {
        Push(element, -1);
        Error(
            "structure",
            element.Name == element.JsonName
                ? $"{(isShadow ? "_" : "")}{element.JsonName} is there twice."
                : $"Only one of the {element.Name}[x] may be given."
        );
        Pop();
    }

    private void Push(ElementTable element, int index) => path.Add((element, index));

    private void Pop() => path.RemoveAt(path.Count - 1);

    /// <summary>FHIRPath of where the check stands.</summary>
    public string Expression()
    {
        var text = new StringBuilder(prefix);
        if (prefix.Length == 0)
        {
            text.Append(rootName);
        }
        foreach (var (element, index) in path)
        {
            text.Append('.').Append(element.Name);
            if (index >= 0)
            {
                text.Append('[').Append(index).Append(']');
            }
        }
        return text.ToString();
    }

    private static string Article(string noun) =>
        (noun[0] is 'a' or 'e' or 'i' or 'o' or 'A' or 'E' or 'I' or 'O' ? "An " : "A ") + noun;
}
