using System.Text.Json;
using System.Text.Unicode;
using Health.Fhir.Search.Definitions;

namespace Health.Fhir.Search.Reading;

/// <summary>
/// Reads UTF-8 JSON once: checks the structure against R4 and takes out what searches need. Safe to share between threads.
/// </summary>
public sealed class ResourceReader(FhirModel model, ReaderOptions options)
{
    private readonly JsonReaderOptions json = new() { MaxDepth = options.Depth };

    public FhirModel Model => model;

    public ReaderOptions Options => options;

    /// <summary>Reads one resource. What is wrong is in its issues; nothing is thrown for bad input.</summary>
    /// <param name="body">Must stay unchanged until the result is disposed.</param>
    public IndexedResource Read(ReadOnlyMemory<byte> body)
    {
        var result = IndexedResource.Rent();
        var check = new StructureCheck(options);
        var text = WithoutMark(body);
        if (!Utf8.IsValid(text.Span))
        {
            result.Issues.Add(NotUtf8);
            return result;
        }
        try
        {
            var reader = new Utf8JsonReader(text.Span, json);
            reader.Read();
            result.Read(ref reader, text, check, "", model, options);
            reader.Read();
        }
        catch (JsonException wrong)
        {
            result.Issues.Add(
                new StructureIssue("structure", NotJson(wrong), check.Expression(), true)
            );
        }
        catch (InvalidOperationException)
        {
            result.Issues.Add(NotUnicode);
        }
        result.Complete();
        return result;
    }

    /// <summary>Reads a batch or transaction Bundle with all its resources; issues of a resource name it as <c>Bundle.entry[3].resource.…</c>.</summary>
    /// <param name="body">Must stay unchanged until the result is disposed.</param>
    public ReadBundle ReadBundle(ReadOnlyMemory<byte> body)
    {
        var bundle = new ReadBundle();
        var text = WithoutMark(body);
        if (!Utf8.IsValid(text.Span))
        {
            bundle.Issues.Add(NotUtf8);
            return bundle;
        }
        try
        {
            var reader = new Utf8JsonReader(text.Span, json);
            new BundleCheck(model, options, bundle, text).Run(ref reader);
        }
        catch (JsonException wrong)
        {
            bundle.Issues.Add(new StructureIssue("structure", NotJson(wrong), "Bundle", true));
        }
        catch (InvalidOperationException)
        {
            bundle.Issues.Add(NotUnicode);
        }
        return bundle;
    }

    private static readonly StructureIssue NotUtf8 = new(
        "structure",
        "The text is not valid UTF-8.",
        "",
        true
    );

    // What the JSON reader throws for it, in a property's name or a resource's type.
    private static readonly StructureIssue NotUnicode = new(
        "structure",
        "A property's name or a resource's type holds half of a surrogate pair, which is no Unicode.",
        "",
        true
    );

    /// <summary>Some editors begin a file with EF BB BF; it says nothing in UTF-8.</summary>
    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) =>
        body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;

    private static string NotJson(JsonException wrong) =>
        $"The JSON breaks off at line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1}: {wrong.Message.Split(" LineNumber:")[0]}";
}

public sealed record ReaderOptions
{
    public InputHandling Input { get; init; } = InputHandling.Strict;

    /// <summary>JSON nesting.</summary>
    public int Depth { get; init; } = 64;

    /// <summary>
    /// Of one text, in UTF-8; base64 and narratives have only the limit of the body. https://hl7.org/fhir/R4/datatypes.html#string: at
    /// most 1 MB.
    /// </summary>
    public int TextBytes { get; init; } = 1024 * 1024;

    /// <summary>Errors reported per resource.</summary>
    public int Issues { get; init; } = 50;

    /// <summary>Which words <c>_text</c> and <c>_content</c> find.</summary>
    public FullText FullText { get; init; } = FullText.Narrative;

    /// <summary>References that begin with one of these (<c>https://host/fhir/</c>) are local.</summary>
    public IReadOnlyList<string> BaseUrls { get; init; } = [];
}

/// <summary>What is kept for full-text search; each step costs room in the database. What was written before a change is found by the new setting once it is written again.</summary>
public enum FullText
{
    None,

    /// <summary>The words of <c>text.div</c>, for <c>_text</c>.</summary>
    Narrative,

    /// <summary>The words of every text too, for <c>_content</c>.</summary>
    Content,
}

public enum InputHandling
{
    Strict,

    /// <summary>What is common in the field but not valid is mended and reported.</summary>
    Lenient,
}
