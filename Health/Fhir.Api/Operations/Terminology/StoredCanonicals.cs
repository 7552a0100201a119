using System.Text.Json;
using Health.Fhir.Store;
using Health.Fhir.Terminology;

namespace Health.Fhir.Api.Operations.Terminology;

/// <summary>
/// Code systems, value sets, maps and profiles in the store, found by their canonical url as the caller may see them. Of several the one
/// changed last counts.
/// </summary>
public sealed class StoredCanonicals(GuardedStore store) : ICanonicalSource
{
    private const int MostMaps = 100;

    public async ValueTask<CanonicalResource?> Find(
        string type,
        string url,
        string? version,
        CancellationToken cancel
    )
    {
        return (await Search(type, QueryOf(url, version), cancel)).FirstOrDefault();
    }

    /// <summary>The resource of the address that was changed last.</summary>
    internal static string QueryOf(string url, string? version) =>
        $"url={Escape(url)}&_sort=-_lastUpdated&_count=1"
        + (version is null ? "" : $"&version={Escape(version)}");

    public async ValueTask<IReadOnlyList<CanonicalResource>> MapsOf(
        string system,
        bool reverse,
        CancellationToken cancel
    ) =>
        await Search(
            "ConceptMap",
            $"{(reverse ? "target" : "source")}-system={Escape(system)}&_count={MostMaps}",
            cancel
        );

    private async ValueTask<IReadOnlyList<CanonicalResource>> Search(
        string type,
        string query,
        CancellationToken cancel
    )
    {
        var page = await store.Search(store.Parse(type, query), null, $"{type}?{query}", cancel);
        return [.. page.Matches.Select(Read)];
    }

    public static CanonicalResource Read(StoredResource stored)
    {
        using var document = JsonDocument.Parse(stored.Body);
        return new($"{stored.Reference}/_history/{stored.Version}", document.RootElement.Clone());
    }

    /// <summary>Commas and bars mean something to a search; a url that has them is taken as it stands.</summary>
    private static string Escape(string text) =>
        Uri.EscapeDataString(
            text.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace(",", "\\,", StringComparison.Ordinal)
                .Replace("|", "\\|", StringComparison.Ordinal)
                .Replace("$", "\\$", StringComparison.Ordinal)
        );
}
