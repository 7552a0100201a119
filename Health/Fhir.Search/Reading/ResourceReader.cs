using Health.Fhir.Search.Definitions;

namespace Health.Fhir.Search.Reading;

/// <summary>
/// Reads UTF-8 JSON once: checks the structure against R4 and takes out what searches need. Safe to share between threads.
/// </summary>
public sealed class ResourceReader(FhirModel model, ReaderOptions options)
{
    /// <summary>Reads one resource. What is wrong is in its issues; nothing is thrown for bad input.</summary>
    /// <param name="body">Must stay unchanged until the result is disposed.</param>
    public IndexedResource Read(ReadOnlyMemory<byte> body) => throw new NotImplementedException();

    /// <summary>Reads a batch or transaction Bundle with all its resources; issues of a resource name it as <c>Bundle.entry[3].resource.…</c>.</summary>
    /// <param name="body">Must stay unchanged until the result is disposed.</param>
    public ReadBundle ReadBundle(ReadOnlyMemory<byte> body) => throw new NotImplementedException();

    public FhirModel Model => model;

    public ReaderOptions Options => options;
}

public sealed record ReaderOptions
{
    public InputHandling Input { get; init; } = InputHandling.Strict;

    /// <summary>JSON nesting.</summary>
    public int Depth { get; init; } = 64;

    /// <summary>Errors reported per resource before reading stops.</summary>
    public int Issues { get; init; } = 50;

    /// <summary>References that begin with one of these (<c>https://host/fhir/</c>) are local.</summary>
    public IReadOnlyList<string> BaseUrls { get; init; } = [];
}

public enum InputHandling
{
    Strict,

    /// <summary>What is common in the field but not valid is mended and reported.</summary>
    Lenient,
}

/// <summary>A Bundle that asks for something.</summary>
public sealed class ReadBundle : IDisposable
{
    /// <summary><c>transaction</c>, <c>batch</c>, …; null when missing.</summary>
    public string? Type { get; internal set; }

    /// <summary>What is wrong with the Bundle itself; those of a resource are with the resource.</summary>
    public List<StructureIssue> Issues { get; } = [];

    public List<ReadBundleEntry> Entries { get; } = [];

    public void Dispose() => Entries.ForEach(entry => entry.Resource?.Dispose());
}

/// <param name="Resource">Null when the entry has none.</param>
/// <param name="Method"><c>Bundle.entry.request.method</c>; null without a request.</param>
public sealed record ReadBundleEntry(
    string? FullUrl,
    IndexedResource? Resource,
    string? Method,
    string? Url,
    string? IfNoneMatch,
    string? IfModifiedSince,
    string? IfMatch,
    string? IfNoneExist
);
