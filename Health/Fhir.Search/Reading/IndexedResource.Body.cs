using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Health.Fhir.Search.Reading;

// The body as it is stored and answered.
public sealed partial class IndexedResource
{
    private readonly List<Edit> edits = [];

    private static readonly SearchValues<byte> Loose = SearchValues.Create("\t\r\n"u8);
    private static readonly SearchValues<byte> QuoteOrSpace = SearchValues.Create("\" \t\r\n"u8);

    /// <summary>
    /// Writes the body compactly with id, <c>meta.versionId</c> and <c>meta.lastUpdated</c> set and the links as resolved. The
    /// bytes are those that every read returns.
    /// </summary>
    /// <param name="lastUpdated">Written to the millisecond, in UTC: keep no more in the store.</param>
    public void WriteBody(
        IBufferWriter<byte> output,
        string id,
        string versionId,
        DateTimeOffset lastUpdated
    )
    {
        AssignId(id);
        GatherEdits();
        var isLoose = IsLoose(tape.Body.Span);
        Write(
            output,
            $"{{\"resourceType\":\"{ResourceType}\",\"id\":\"{id}\",\"meta\":{{\"versionId\":\"{versionId}\",\"lastUpdated\":\""
        );
        Write(
            output,
            lastUpdated.UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
                CultureInfo.InvariantCulture
            )
        );
        output.Write("\""u8);
        foreach (var property in tape.MetaProperties)
        {
            if (!NameIs(property, "versionId"u8) && !NameIs(property, "lastUpdated"u8))
            {
                Copy(output, property, isLoose);
            }
        }
        output.Write("}"u8);
        foreach (var property in tape.RootProperties)
        {
            if (!NameIs(property, "id"u8) && !NameIs(property, "meta"u8))
            {
                Copy(output, property, isLoose);
            }
        }
        output.Write("}"u8);
    }

    private static void Write(IBufferWriter<byte> output, string text) =>
        Encoding.UTF8.GetBytes(text, output);

    /// <summary>With or without the underscore of its extensions.</summary>
    private bool NameIs(Property property, ReadOnlySpan<byte> name)
    {
        var text = tape.Body.Span[(property.Start + 1)..];
        text = text[0] == '_' ? text[1..] : text;
        return text.StartsWith(name) && text[name.Length] == '"';
    }

    /// <summary>A line break cannot stand inside a JSON string, and who puts spaces puts one after the first colon.</summary>
    private static bool IsLoose(ReadOnlySpan<byte> body) =>
        body.IndexOfAny(Loose) >= 0
        || (body.IndexOf((byte)':') is >= 0 and var colon && body[colon + 1] == ' ');

    private void Copy(IBufferWriter<byte> output, Property property, bool isLoose)
    {
        output.Write(","u8);
        var at = property.Start;
        for (var index = FirstEditFrom(at); index < edits.Count; index++)
        {
            var edit = edits[index];
            if (edit.Start >= property.End)
            {
                break;
            }
            Copy(output, at, edit.Start, isLoose);
            Write(output, edit.Text);
            at = edit.End;
        }
        Copy(output, at, property.End, isLoose);
    }

    private void GatherEdits()
    {
        edits.Clear();
        edits.AddRange(tape.Mended);
        for (var index = 0; index < resolved.Count; index++)
        {
            if (resolved[index] is { } text)
            {
                var (start, length) = (Links[index].Start, Links[index].Length);
                var json = JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text);
                edits.Add(new Edit(start, start + length, $"\"{json}\""));
            }
        }
        if (tape.Mended.Count > 0)
        {
            edits.Sort((one, other) => one.Start.CompareTo(other.Start));
        }
    }

    private int FirstEditFrom(int position)
    {
        var (low, high) = (0, edits.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = edits[middle].Start < position ? (middle + 1, high) : (low, middle);
        }
        return low;
    }

    private void Copy(IBufferWriter<byte> output, int from, int to, bool isLoose)
    {
        var text = tape.Body.Span[from..to];
        if (!isLoose)
        {
            output.Write(text);
            return;
        }
        while (!text.IsEmpty)
        {
            var stop = text.IndexOfAny(QuoteOrSpace);
            if (stop < 0)
            {
                output.Write(text);
                return;
            }
            if (text[stop] != '"')
            {
                output.Write(text[..stop]);
                text = text[stop..].TrimStart(" \t\r\n"u8);
                continue;
            }
            var end = stop + 1;
            while (text[end] != '"')
            {
                end += text[end] == '\\' ? 2 : 1;
            }
            output.Write(text[..(end + 1)]);
            text = text[(end + 1)..];
        }
    }
}
