using System.Text.Json;

namespace Health.Fhir.Validation;

/// <summary>Our own profiles for Viet Nam: the files of the folder <c>VietNam</c>, as StructureDefinition resources.</summary>
public static class VietNamProfiles
{
    private const string Folder = "Health.Fhir.Validation.VietNam.";

    private static readonly Lazy<IReadOnlyDictionary<string, ReadOnlyMemory<byte>>> ById = new(
        Read
    );

    /// <summary>UTF-8 JSON by id.</summary>
    public static IReadOnlyDictionary<string, ReadOnlyMemory<byte>> All => ById.Value;

    /// <summary>Null when it is none of ours.</summary>
    public static JsonElement? Find(string url)
    {
        foreach (var body in All.Values)
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.GetProperty("url").ValueEquals(url))
            {
                return document.RootElement.Clone();
            }
        }
        return null;
    }

    private static Dictionary<string, ReadOnlyMemory<byte>> Read()
    {
        var assembly = typeof(VietNamProfiles).Assembly;
        var all = new Dictionary<string, ReadOnlyMemory<byte>>();
        foreach (
            var name in assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
        )
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            all.Add(name[Folder.Length..^".json".Length], bytes.ToArray());
        }
        return all;
    }
}
