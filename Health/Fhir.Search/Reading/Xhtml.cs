using System.Collections.Frozen;
using System.Text;

namespace Health.Fhir.Search.Reading;

/// <summary>
/// The XHTML of a narrative: well-formed, only the elements and attributes that FHIR lets in (so no script, form or event), and
/// something to read. https://hl7.org/fhir/R4/narrative.html#xhtml
/// </summary>
internal static class Xhtml
{
    public const string Namespace = "http://www.w3.org/1999/xhtml";

    private static readonly FrozenSet<string> Elements = Words(
        """
        a abbr acronym address area b bdo big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i
        img kbd li map ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var
        """
    );

    private static readonly FrozenSet<string> Attributes = Words(
        """
        abbr accesskey align alt axis border cellpadding cellspacing char charoff charset cite class colspan coords dir frame headers
        height href hreflang id ismap lang longdesc name nohref rel rev rowspan rules scope shape span src style summary tabindex
        title type usemap valign width xml:lang xml:space xmlns
        """
    );

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> ElementLookup =
        Elements.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> AttributeLookup =
        Attributes.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>What is wrong with the text, or null.</summary>
    public static string? Refusal(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\r\n"u8);
        if (!text.StartsWith("<div"u8))
        {
            return $"A narrative is one <div xmlns=\"{Namespace}\">.";
        }
        Span<Range> open = stackalloc Range[64];
        var depth = 0;
        var hasContent = false;
        var hasNamespace = false;
        var at = 0;
        while (at < text.Length)
        {
            if (text[at] != '<')
            {
                var end = text[at..].IndexOf((byte)'<');
                var run = end < 0 ? text[at..] : text.Slice(at, end);
                if (depth == 0 || !Ampersands(run))
                {
                    return depth == 0
                        ? "A narrative is one <div>, with nothing after it."
                        : "An & in a narrative begins an entity such as &amp;.";
                }
                hasContent |= run.IndexOfAnyExcept(" \t\r\n"u8) >= 0;
                at += run.Length;
                continue;
            }
            var rest = text[at..];
            if (rest.StartsWith("<!--"u8))
            {
                var end = rest.IndexOf("-->"u8);
                if (end < 0)
                {
                    return "A comment in the narrative has no end.";
                }
                at += end + 3;
                continue;
            }
            if (at > 0 && depth == 0)
            {
                return "A narrative is one <div>, with nothing after it.";
            }
            if (rest is [_, (byte)'/', ..])
            {
                var end = rest.IndexOf((byte)'>');
                var name = end < 0 ? rest[2..] : rest[2..end].TrimEnd(" \t\r\n"u8);
                if (end < 0 || depth == 0 || !name.SequenceEqual(text[open[--depth]]))
                {
                    return $"</{Encoding.UTF8.GetString(name)}> in the narrative closes nothing that is open.";
                }
                at += end + 1;
                continue;
            }
            var length = rest[1..].IndexOfAny(" \t\r\n/>"u8);
            if (length < 0)
            {
                return "A tag in the narrative has no end.";
            }
            var tag = rest.Slice(1, length);
            if (!Has(ElementLookup, tag))
            {
                return $"<{Encoding.UTF8.GetString(tag)}> may not be used in a narrative.";
            }
            hasContent |= tag.SequenceEqual("img"u8);
            if (
                AttributesRefusal(rest[(1 + length)..], out var used, out var isEmpty) is
                { } refusal
            )
            {
                return refusal;
            }
            hasNamespace |=
                at == 0
                && rest.Slice(1 + length, used).IndexOf("http://www.w3.org/1999/xhtml"u8) > 0;
            if (!isEmpty)
            {
                if (depth == open.Length)
                {
                    return $"A narrative may be nested {open.Length} deep.";
                }
                open[depth++] = (at + 1)..(at + 1 + length);
            }
            at += 1 + length + used;
        }
        return !hasNamespace ? $"The <div> of a narrative has xmlns=\"{Namespace}\"."
            : depth > 0 ? "The narrative ends before all its tags are closed."
            : hasContent ? null
            : "A narrative must have something to read.";
    }

    /// <summary>Reads the attributes and the end of a start tag.</summary>
    private static string? AttributesRefusal(
        ReadOnlySpan<byte> text,
        out int used,
        out bool isEmpty
    )
    {
        (used, isEmpty) = (0, false);
        while (true)
        {
            while (used < text.Length && text[used] is 32 or 9 or 10 or 13)
            {
                used++;
            }
            if (used == text.Length)
            {
                return "A tag in the narrative has no end.";
            }
            if (text[used] == '>')
            {
                used++;
                return null;
            }
            if (text[used] == '/')
            {
                isEmpty = true;
                used++;
                continue;
            }
            var rest = text[used..];
            var equals = rest.IndexOf((byte)'=');
            var name = equals < 0 ? rest : rest[..equals].TrimEnd(" \t\r\n"u8);
            if (equals < 0 || !Has(AttributeLookup, name))
            {
                return $"The attribute {Encoding.UTF8.GetString(name[..Math.Min(40, name.Length)])} may not be used in a narrative.";
            }
            var value = rest[(equals + 1)..].TrimStart(" \t\r\n"u8);
            var end = value is [(byte)'"' or (byte)'\'', ..] ? value[1..].IndexOf(value[0]) : -1;
            if (end < 0)
            {
                return $"The value of {Encoding.UTF8.GetString(name)} in the narrative stands in quotes.";
            }
            var content = value.Slice(1, end).Trim(" \t\r\n"u8);
            if (IsScript(content))
            {
                return "A link in a narrative may not run a script.";
            }
            used = text.Length - value.Length + end + 2;
        }
    }

    private static bool IsScript(ReadOnlySpan<byte> value) =>
        value.Length > 11 && Ascii.EqualsIgnoreCase(value[..11], "javascript:"u8);

    private static bool Ampersands(ReadOnlySpan<byte> run)
    {
        while (run.IndexOf((byte)'&') is >= 0 and var mark)
        {
            run = run[(mark + 1)..];
            var end = run.IndexOf((byte)';');
            if (end is < 1 or > 10)
            {
                return false;
            }
            run = run[(end + 1)..];
        }
        return true;
    }

    private static bool Has(
        FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> words,
        ReadOnlySpan<byte> word
    )
    {
        Span<char> letters = stackalloc char[16];
        return word.Length <= letters.Length
            && Ascii.ToUtf16(word, letters, out var length) == System.Buffers.OperationStatus.Done
            && words.Contains(letters[..length]);
    }

    private static FrozenSet<string> Words(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet();
}
