using System.Text.Json;

namespace Health.Fhir.Terminology;

/// <param name="Key">Changes whenever the resource changes: its address with its version.</param>
public sealed record CanonicalResource(string Key, JsonElement Resource);

/// <summary>Where CodeSystem, ValueSet, ConceptMap and StructureDefinition resources come from besides those that are packaged.</summary>
public interface ICanonicalSource
{
    /// <summary>The current resource with this url; without a version the one changed last. Null when there is none.</summary>
    ValueTask<CanonicalResource?> Find(
        string type,
        string url,
        string? version,
        CancellationToken cancel
    );

    /// <summary>ConceptMaps that have a group from (or, reversed, to) the code system.</summary>
    ValueTask<IReadOnlyList<CanonicalResource>> MapsOf(
        string system,
        bool reverse,
        CancellationToken cancel
    );
}
