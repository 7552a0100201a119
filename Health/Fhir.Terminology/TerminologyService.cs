using System.Text.Json;
using Health.Fhir.Terminology.Codes;
using Health.Fhir.Terminology.Maps;
using Health.Fhir.Terminology.R4;
using Health.Fhir.Terminology.ValueSets;

namespace Health.Fhir.Terminology;

/// <summary>
/// Finds code systems, value sets and maps by their canonical address, packaged ones first, then stored ones. What one instance has
/// found it keeps, so it lives for one request.
/// </summary>
/// <param name="source">Null: only what is packaged.</param>
public sealed class TerminologyService(TerminologyCache cache, ICanonicalSource? source = null)
{
    private readonly Dictionary<(string, string?), CodeSystem?> systems = [];
    private readonly Dictionary<(string, string?), ValueSet?> sets = [];

    /// <summary>Null when it is not here.</summary>
    public async ValueTask<CodeSystem?> FindCodeSystem(
        string url,
        string? version,
        CancellationToken cancel
    )
    {
        if (!systems.TryGetValue((url, version), out var system))
        {
            system = cache.Packaged(url, version);
            if (system is null && source is not null)
            {
                system = await source.Find("CodeSystem", url, version, cancel) is { } found
                    ? cache.Stored(found)
                    : null;
            }
            systems[(url, version)] = system;
        }
        return system;
    }

    /// <summary>Null when it is not here, or a set that it imports is not.</summary>
    /// <param name="canonical"><c>url</c> or <c>url|version</c>.</param>
    /// <exception cref="TerminologyRefusal">Sets that import each other, or a filter that is not understood.</exception>
    public async ValueTask<ValueSet?> FindValueSet(string canonical, CancellationToken cancel) =>
        await FindValueSet(canonical, [], cancel);

    /// <summary>A ValueSet resource that came with the question.</summary>
    public async ValueTask<ValueSet?> Read(JsonElement resource, CancellationToken cancel) =>
        await Read(resource, [], cancel);

    /// <summary>The whole code system as a value set: FHIR's implicit one.</summary>
    public static ValueSet AllOf(CodeSystem system) =>
        new()
        {
            Url = system.Url,
            Version = system.Version,
            Name = system.Name,
            Title = system.Title,
            Include = [new(system.Url, system, null, [], [])],
            Exclude = [],
        };

    /// <summary>The map of that address; null when it is not here.</summary>
    public async ValueTask<ConceptMap?> FindMap(string canonical, CancellationToken cancel)
    {
        var (url, version) = Split(canonical);
        if (PackedResources.ConceptMaps.Read(url, version) is { } packaged)
        {
            return new(packaged);
        }
        return
            source is not null && await source.Find("ConceptMap", url, version, cancel) is { } found
            ? new(found.Resource)
            : null;
    }

    /// <summary>All maps that may have an entry for a code of the system.</summary>
    public async ValueTask<IReadOnlyList<ConceptMap>> FindMapsOf(
        string system,
        bool reverse,
        CancellationToken cancel
    )
    {
        var packaged = PackedResources
            .ConceptMaps.Urls.Select(url => PackedResources.ConceptMaps.Read(url))
            .OfType<JsonElement>();
        var stored = source is null ? [] : await source.MapsOf(system, reverse, cancel);
        return
        [
            .. packaged
                .Concat(stored.Select(found => found.Resource))
                .Select(map => new ConceptMap(map)),
        ];
    }

    public static (string Url, string? Version) Split(string canonical)
    {
        var bar = canonical.IndexOf('|');
        return bar < 0 ? (canonical, null) : (canonical[..bar], canonical[(bar + 1)..]);
    }

    private async ValueTask<ValueSet?> FindValueSet(
        string canonical,
        IReadOnlyList<string> within,
        CancellationToken cancel
    )
    {
        var (url, version) = Split(canonical);
        if (sets.TryGetValue((url, version), out var known))
        {
            return known;
        }
        if (within.Contains(url))
        {
            throw new TerminologyRefusal(
                "invalid",
                $"Value sets that import each other have no end: {string.Join(" → ", within)} → {url}."
            );
        }
        var resource = PackedResources.ValueSets.Read(url, version);
        if (resource is null && source is not null)
        {
            resource = (await source.Find("ValueSet", url, version, cancel))?.Resource;
        }
        var set =
            resource is { } found ? await Read(found, [.. within, url], cancel)
            : await Implicit(url, version, cancel) is { } system ? AllOf(system)
            : null;
        sets[(url, version)] = set;
        return set;
    }

    /// <summary><c>http://hl7.org/fhir/sid/icd-10?fhir_vs</c> and alike: all codes of a system.</summary>
    private async ValueTask<CodeSystem?> Implicit(
        string url,
        string? version,
        CancellationToken cancel
    ) =>
        url.EndsWith("?fhir_vs", StringComparison.Ordinal)
            ? await FindCodeSystem(url[..^"?fhir_vs".Length], version, cancel)
            : null;

    private async ValueTask<ValueSet?> Read(
        JsonElement resource,
        IReadOnlyList<string> within,
        CancellationToken cancel
    )
    {
        List<ValueSetPart>? include;
        List<ValueSetPart>? exclude = [];
        if (resource.TryGetProperty("compose", out var compose))
        {
            include = await Parts(compose, "include", within, cancel);
            exclude = await Parts(compose, "exclude", within, cancel);
        }
        else
        {
            include = await Expanded(resource, cancel);
        }
        return include is null || exclude is null
            ? null
            : new ValueSet
            {
                Url = CodeSystemReader.Text(resource, "url") ?? "",
                Version = CodeSystemReader.Text(resource, "version"),
                Name = CodeSystemReader.Text(resource, "name"),
                Title = CodeSystemReader.Text(resource, "title"),
                Include = include,
                Exclude = exclude,
            };
    }

    private async ValueTask<List<ValueSetPart>?> Parts(
        JsonElement compose,
        string name,
        IReadOnlyList<string> within,
        CancellationToken cancel
    )
    {
        var parts = new List<ValueSetPart>();
        foreach (var json in CodeSystemReader.Each(compose, name))
        {
            var imports = new List<ValueSet>();
            foreach (var canonical in CodeSystemReader.Each(json, "valueSet"))
            {
                if (
                    canonical.GetString() is not { } wanted
                    || await FindValueSet(wanted, within, cancel) is not { } import
                )
                {
                    return null;
                }
                imports.Add(import);
            }
            var url = CodeSystemReader.Text(json, "system");
            var system = url is null
                ? null
                : await FindCodeSystem(url, CodeSystemReader.Text(json, "version"), cancel);
            parts.Add(
                new(
                    url,
                    system,
                    json.TryGetProperty("concept", out _)
                        ? Listed(CodeSystemReader.Each(json, "concept"), system)
                        : null,
                    [
                        .. CodeSystemReader
                            .Each(json, "filter")
                            .Select(filter =>
                                ConceptFilter.Parse(
                                    CodeSystemReader.Text(filter, "property") ?? "",
                                    CodeSystemReader.Text(filter, "op") ?? "",
                                    CodeSystemReader.Text(filter, "value") ?? ""
                                )
                            ),
                    ],
                    imports
                )
            );
        }
        return parts;
    }

    /// <summary>A value set that has only its expansion: its codes, by system.</summary>
    private async ValueTask<List<ValueSetPart>?> Expanded(
        JsonElement resource,
        CancellationToken cancel
    )
    {
        if (!resource.TryGetProperty("expansion", out var expansion))
        {
            return [];
        }
        var parts = new List<ValueSetPart>();
        foreach (
            var group in Contained(expansion).GroupBy(json => CodeSystemReader.Text(json, "system"))
        )
        {
            if (group.Key is { } url)
            {
                var system = await FindCodeSystem(url, null, cancel);
                parts.Add(new(url, system, Listed(group, system), [], []));
            }
        }
        return parts;

        static IEnumerable<JsonElement> Contained(JsonElement of) =>
            CodeSystemReader.Each(of, "contains").SelectMany(json => Contained(json).Prepend(json));
    }

    /// <summary>Codes named one by one, with what their system knows of them and the display that the set prefers.</summary>
    private static Dictionary<string, Concept> Listed(
        IEnumerable<JsonElement> concepts,
        CodeSystem? system
    )
    {
        var listed = new Dictionary<string, Concept>(
            system is { CaseSensitive: false }
                ? StringComparer.OrdinalIgnoreCase
                : StringComparer.Ordinal
        );
        foreach (var json in concepts)
        {
            if (CodeSystemReader.Text(json, "code") is not { } code)
            {
                continue;
            }
            var known = system?.Find(code);
            listed.TryAdd(
                code,
                new Concept(code, CodeSystemReader.Text(json, "display") ?? known?.Display)
                {
                    Definition = known?.Definition,
                    Designations =
                    [
                        .. CodeSystemReader
                            .Each(json, "designation")
                            .Select(CodeSystemReader.DesignationOf),
                        .. known?.Designations ?? [],
                    ],
                    Properties = known?.Properties ?? [],
                    IsAbstract = known?.IsAbstract ?? false,
                    IsInactive = known?.IsInactive ?? false,
                }
            );
        }
        return listed;
    }
}
