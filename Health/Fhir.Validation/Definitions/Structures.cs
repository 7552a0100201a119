using System.Collections.Concurrent;
using System.Text.Json;
using Health.Fhir.Terminology;
using Health.Fhir.Terminology.R4;

namespace Health.Fhir.Validation.Definitions;

/// <summary>
/// StructureDefinitions as rules, compiled once: those of the specification, our own for Viet Nam, and stored ones. One instance serves
/// one validation; what was compiled is shared.
/// </summary>
/// <param name="source">Null: only what is packaged.</param>
public sealed class Structures(ICanonicalSource? source = null)
{
    private const string Core = "http://hl7.org/fhir/StructureDefinition/";
    private const int MostStored = 500;

    private static readonly PackedResources Packed = new(
        typeof(Structures).Assembly,
        "Health.Fhir.Validation.Definitions.Data.structures.br"
    );
    private static readonly ConcurrentDictionary<string, Lazy<Structure?>> Packaged = new();
    private static readonly ConcurrentDictionary<string, Structure> Stored = new();

    private readonly Dictionary<string, Structure?> found = [];

    /// <summary>A type or profile that comes with the product; null when it is none.</summary>
    public static Structure? Of(string url) =>
        Packaged
            .GetOrAdd(
                url,
                url =>
                    new(() =>
                        (VietNamProfiles.Find(url) ?? Packed.Read(url)) is { } resource
                            ? Structure.Read(resource)
                            : null
                    )
            )
            .Value;

    /// <summary>The definition of a data type or resource type.</summary>
    public static Structure? OfType(string type) => Of(Core + type);

    /// <summary>Url of the type's own definition, whether <paramref name="name"/> is the type or already the url.</summary>
    public static string UrlOf(string name) => name.Contains(':') ? name : Core + name;

    /// <summary>One that <see cref="Load"/> has found before; null when there is none.</summary>
    public Structure? Find(string canonical) =>
        found.TryGetValue(canonical, out var structure)
            ? structure
            : Of(TerminologyService.Split(canonical).Url);

    /// <summary>Fetches these, what they build on, and the profiles that they name.</summary>
    public async Task Load(IEnumerable<string> canonicals, CancellationToken cancel)
    {
        var left = new Queue<string>(canonicals);
        while (left.TryDequeue(out var canonical))
        {
            if (found.ContainsKey(canonical))
            {
                continue;
            }
            var structure = await Fetch(canonical, cancel);
            found[canonical] = structure;
            if (structure is not { IsProfile: true })
            {
                continue;
            }
            if (structure.Base is { } above)
            {
                left.Enqueue(above);
            }
            foreach (
                var profile in structure
                    .Rules.SelectMany(rule => rule.Types)
                    .SelectMany(type => type.Profiles)
            )
            {
                left.Enqueue(profile);
            }
        }
    }

    private async ValueTask<Structure?> Fetch(string canonical, CancellationToken cancel)
    {
        var (url, version) = TerminologyService.Split(canonical);
        if (Of(url) is { } packaged)
        {
            return packaged;
        }
        if (
            source is null
            || await source.Find("StructureDefinition", url, version, cancel) is not { } stored
        )
        {
            return null;
        }
        if (Stored.Count > MostStored)
        {
            Stored.Clear();
        }
        try
        {
            return Stored.GetOrAdd(stored.Key, _ => Structure.Read(stored.Resource));
        }
        catch (Exception wrong)
            when (wrong is JsonException or FormatException or InvalidOperationException)
        {
            throw new TerminologyRefusal(
                "invalid",
                $"The profile {canonical} cannot be read: {wrong.Message}"
            );
        }
    }
}
