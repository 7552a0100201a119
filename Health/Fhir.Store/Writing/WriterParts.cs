using Health.Fhir.Search.Reading;
using Health.Fhir.Store.Place;
using SharedKernel.Contracts;

namespace Health.Fhir.Store.Writing;

/// <summary>What all groups of a store share.</summary>
internal sealed record WriterParts(
    Dialect Dialect,
    Interned Interned,
    KeySource Keys,
    KnownKeys Known,
    BodyCodec Codec,
    ResourceReader Reader,
    IConditions Conditions,
    IReadOnlyList<IFhirWriteRule> Rules,
    TimeProvider Clock,
    Definitions.SearchParameters Definitions
);

/// <summary>Finds what a condition matches, inside the writer's transaction.</summary>
internal interface IConditions
{
    /// <returns>At most <paramref name="limit"/> ids.</returns>
    /// <exception cref="Refusal">The query is wrong.</exception>
    Task<IReadOnlyList<string>> Match(
        Session session,
        string type,
        string query,
        Visible visible,
        int limit,
        CancellationToken cancel
    );

    /// <summary>Of what staff are about to write: the stored resources that they may see, and the Patients' compartments.</summary>
    Task<WritableRows> Writable(
        Session session,
        Visible visible,
        IReadOnlyCollection<long> resources,
        IReadOnlyCollection<int> compartments,
        CancellationToken cancel
    );
}

internal sealed record WritableRows(IReadOnlySet<long> Resources, IReadOnlySet<int> Compartments);
