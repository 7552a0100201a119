using System.Runtime.ExceptionServices;
using Health.Fhir.Search.Queries;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using SharedKernel.Contracts;

namespace Health.Fhir.Store;

/// <summary>
/// What the EMR sees of the store: typed FHIR resources, read and written as the current caller. Every call asks the access
/// table and leaves an audit row. Scoped.
/// </summary>
public sealed class FhirSession(GuardedStore store)
{
    private static readonly FhirJsonDeserializer Parser = new FhirJsonDeserializer();
    private static readonly FhirJsonSerializer Serializer = new FhirJsonSerializer();

    /// <summary>The current version, or null when there is none, it was deleted, or the caller may not see it.</summary>
    public async Task<TResource?> Read<TResource>(string id, CancellationToken cancel = default)
        where TResource : Resource =>
        await store.Read(TypeOf<TResource>(), id, cancel) is { Deleted: false } found
            ? (TResource)Parse(found)
            : null;

    /// <summary>All matches of a FHIR search, such as <c>patient=123&amp;_sort=-date&amp;_count=20</c>, one page of them.</summary>
    /// <exception cref="InvalidInput">An unknown or wrong parameter.</exception>
    public async Task<IReadOnlyList<TResource>> Search<TResource>(
        string query,
        CancellationToken cancel = default
    )
        where TResource : Resource =>
        [
            .. (await Find(TypeOf<TResource>(), query, cancel)).Matches.Select(match =>
                (TResource)Parse(match)
            ),
        ];

    /// <summary>As <see cref="Search{TResource}"/>, with what <c>_include</c> and <c>_revinclude</c> add.</summary>
    public async Task<IReadOnlyList<Resource>> SearchAll(
        string type,
        string query,
        CancellationToken cancel = default
    )
    {
        var page = await Find(type, query, cancel);
        return [.. page.Matches.Concat(page.Included).Select(Parse)];
    }

    /// <summary>
    /// Writes all changes and saves all events, or nothing. References between the changes may use the
    /// <c>urn:uuid:</c> given by <see cref="FhirChanges.Create"/>. Returns the resources as stored, in order.
    /// </summary>
    /// <exception cref="Conflict">A version named by an update is no longer the current one.</exception>
    public async Task<IReadOnlyList<Resource>> Commit(
        FhirChanges changes,
        CancellationToken cancel = default
    )
    {
        var writes = changes.Changes.Select(change => new Write(
            change.Verb is FhirVerb.Create ? WriteVerb.Create : WriteVerb.Update,
            change.Resource.TypeName
        )
        {
            Id = change.Resource.Id,
            Body = Serialize(change.Resource),
            FullUrl = change.FullUrl,
            IfMatch = change.IfVersion is null ? null : VersionOf(change.IfVersion),
            IfAbsent = change.IfAbsent,
        });
        try
        {
            var result = await store.Transact(new Transaction([.. writes], changes.Events), cancel);
            return [.. result.Results.Select(written => Parse(written.Resource!))];
        }
        catch (WriteRefused refused) when (refused.Reason is PreconditionFailed)
        {
            throw new Conflict(refused.Message);
        }
        catch (WriteRefused refused)
        {
            // The page shows what is wrong with the resource, not its place among the others.
            ExceptionDispatchInfo.Throw(refused.Reason);
            throw;
        }
    }

    private async Task<SearchPage> Find(string type, string query, CancellationToken cancel)
    {
        try
        {
            return await store.Search(store.Parse(type, query), null, $"{type}?{query}", cancel);
        }
        catch (InvalidSearch invalid)
        {
            throw new InvalidInput([
                .. invalid.Errors.Select(error => new FieldError(error.Name, error.Reason)),
            ]);
        }
    }

    private static string TypeOf<TResource>() =>
        ModelInfo.GetFhirTypeNameForType(typeof(TResource))
        ?? throw new ArgumentException($"{typeof(TResource)} is not a FHIR resource.");

    private static int VersionOf(string version) =>
        int.TryParse(version, out var number)
            ? number
            : throw new InvalidInput("versionId", $"{version} is not a version of this server.");

    private static Resource Parse(StoredResource stored) =>
        Parser.DeserializeResource(System.Text.Encoding.UTF8.GetString(stored.Body.Span));

    private static byte[] Serialize(Resource resource) =>
        System.Text.Encoding.UTF8.GetBytes(Serializer.SerializeToString(resource));
}

/// <summary>Changes to be written together.</summary>
public sealed class FhirChanges
{
    public List<FhirChange> Changes { get; } = [];
    public List<IEvent> Events { get; } = [];

    /// <summary>A new resource under an id of the server's making; returns the <c>urn:uuid:</c> that others may refer to.</summary>
    public string Create(Resource resource)
    {
        var fullUrl = $"urn:uuid:{Guid.CreateVersion7()}";
        Changes.Add(new FhirChange(FhirVerb.Create, resource, null, fullUrl));
        return fullUrl;
    }

    /// <summary>Creates or replaces the resource under its own id.</summary>
    /// <param name="ifVersion">Refused unless this is the current version.</param>
    public void Update(Resource resource, string? ifVersion = null) =>
        Changes.Add(new FhirChange(FhirVerb.Update, resource, ifVersion, null));

    /// <summary>A new resource under an id of its own; refused when there is one already, so two at the same moment cannot both succeed.</summary>
    public void Add(Resource resource) =>
        Changes.Add(new FhirChange(FhirVerb.Update, resource, null, null) { IfAbsent = true });

    public void Tell(IEvent happened) => Events.Add(happened);
}

public enum FhirVerb
{
    Create,
    Update,
}

public sealed record FhirChange(
    FhirVerb Verb,
    Resource Resource,
    string? IfVersion,
    string? FullUrl
)
{
    public bool IfAbsent { get; init; }
}
