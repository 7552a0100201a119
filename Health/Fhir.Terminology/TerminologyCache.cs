using System.Collections.Concurrent;
using Health.Fhir.Terminology.Codes;
using Health.Fhir.Terminology.Diseases;
using Health.Fhir.Terminology.R4;

namespace Health.Fhir.Terminology;

/// <summary>
/// Code systems as tables, made once: those of the specification, ICD-10, the grammars, and stored ones by address and version. One for
/// the process; nothing in it can go stale, since a changed resource has another key.
/// </summary>
public sealed class TerminologyCache
{
    private const int MostStored = 200;

    private static readonly Lazy<ConceptTable> Icd10Table = new(() =>
        Icd10CodeSystem.Of(Icd10.Of2020)
    );

    private static readonly Dictionary<string, CodeSystem> Grammars = new CodeSystem[]
    {
        Ucum.Instance,
        PatternSystem.Languages,
        PatternSystem.MediaTypes,
        PatternSystem.Currencies,
        PatternSystem.Countries,
    }.ToDictionary(system => system.Url);

    private readonly ConcurrentDictionary<string, Lazy<ConceptTable?>> packaged = new();
    private readonly ConcurrentDictionary<string, ConceptTable?> stored = new();

    /// <summary>One that comes with the product; null when none of that url and version does.</summary>
    public CodeSystem? Packaged(string url, string? version)
    {
        var system =
            url == Icd10CodeSystem.Url ? Icd10Table.Value
            : Grammars.TryGetValue(url, out var grammar) ? grammar
            : packaged
                .GetOrAdd(
                    url,
                    url =>
                        new(() =>
                            PackedResources.CodeSystems.Read(url) is { } resource
                                ? CodeSystemReader.Read(resource)
                                : null
                        )
                )
                .Value;
        return version is null || system?.Version is null || system.Version == version
            ? system
            : null;
    }

    public CodeSystem? Stored(CanonicalResource found)
    {
        if (stored.Count > MostStored)
        {
            stored.Clear();
        }
        return stored.GetOrAdd(found.Key, _ => CodeSystemReader.Read(found.Resource));
    }
}
