using System.IO.Compression;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace Health.Fhir.Terminology.R4;

/// <summary>
/// Resources of the specification as <c>make-r4.cs</c> packs them: lines of <c>url TAB json</c>, compressed. Unpacked when first asked,
/// and each resource is parsed only when it is asked for.
/// </summary>
public sealed class PackedResources
{
    private readonly Lazy<(byte[] Bytes, Dictionary<string, Range> Lines)> lines;

    public PackedResources(Assembly assembly, string resource) =>
        lines = new(() => Unpack(assembly, resource));

    public static PackedResources CodeSystems { get; } = Of("codesystems");
    public static PackedResources ValueSets { get; } = Of("valuesets");
    public static PackedResources ConceptMaps { get; } = Of("conceptmaps");

    public IReadOnlyCollection<string> Urls => lines.Value.Lines.Keys;

    /// <summary>UTF-8 JSON, without narrative, mappings and examples; null when the specification has no such url.</summary>
    public ReadOnlyMemory<byte>? Find(string url) =>
        lines.Value.Lines.TryGetValue(url, out var range)
            ? lines.Value.Bytes.AsMemory(range)
            // A bare null would become an empty memory.
            : (ReadOnlyMemory<byte>?)null;

    /// <summary>As <see cref="Find"/>; version null stands for any.</summary>
    public JsonElement? Read(string url, string? version = null)
    {
        if (Find(url) is not { } json)
        {
            return null;
        }
        using var document = JsonDocument.Parse(json);
        return
            version is null
            || document.RootElement.TryGetProperty("version", out var own)
                && own.ValueEquals(version)
            ? document.RootElement.Clone()
            : null;
    }

    private static PackedResources Of(string name) =>
        new(typeof(PackedResources).Assembly, $"Health.Fhir.Terminology.R4.Data.{name}.br");

    private static (byte[], Dictionary<string, Range>) Unpack(Assembly assembly, string resource)
    {
        using var packed = assembly.GetManifestResourceStream(resource)!;
        using var brotli = new BrotliStream(packed, CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        brotli.CopyTo(unpacked);
        var bytes = unpacked.ToArray();
        var lines = new Dictionary<string, Range>();
        for (var start = 0; start < bytes.Length; )
        {
            var rest = bytes.AsSpan(start);
            var (tab, end) = (rest.IndexOf((byte)'\t'), rest.IndexOf((byte)'\n'));
            lines.Add(Encoding.UTF8.GetString(rest[..tab]), (start + tab + 1)..(start + end));
            start += end + 1;
        }
        return (bytes, lines);
    }
}
