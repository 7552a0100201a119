using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store.Definitions;
using Health.Fhir.Store.Place;
using Health.Fhir.Store.Reading;
using Health.Fhir.Store.Writing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SharedKernel.Persistence;
using SharedKernel.Persistence.Sealing;

namespace Health.Fhir.Store;

/// <summary>
/// The engine: a few verbs over versions and indexes. It knows no HTTP and no caller, only what may be seen; ask it through
/// <see cref="GuardedStore"/>, which asks the access table and leaves the audit row. Singleton.
/// </summary>
public sealed partial class FhirStore : IAsyncDisposable
{
    private const int MaxRereads = 20;

    private readonly ResourceReader reader;
    private readonly TimeProvider clock;
    private readonly ISearchTerminology? terminology;
    private readonly DatabaseOptions database;
    private readonly Dialect dialect;
    private readonly ReplicaReads? replica;
    private readonly ReadGate gate;
    private readonly VersionReader versions;
    private readonly Searcher searcher;
    private readonly BodyCodec codec;
    private readonly Interned interned;
    private readonly Writer writer;
    private readonly KnownKeys known = new();
    private readonly SearchParameters definitions;
    private readonly Reindexer reindexer;
    private readonly SemaphoreSlim defined = new(0, 1);

    public FhirStore(
        DatabaseOptions database,
        ResourceReader reader,
        StoreOptions options,
        OutboxSignal signal,
        TimeProvider clock,
        Vault vault,
        IEnumerable<IFhirWriteRule>? rules = null,
        ISearchTerminology? terminology = null,
        ILogger<FhirStore>? log = null
    )
    {
        this.terminology = terminology;
        this.reader = reader;
        this.clock = clock;
        this.database = database;
        dialect = Dialect.Of(database);
        replica = options.Replica is { Length: > 0 } differs
            ? new ReplicaReads(
                dialect.Replica(differs),
                options,
                clock,
                log ?? NullLogger<FhirStore>.Instance
            )
            : null;
        gate = new ReadGate(dialect, options, replica);
        codec = new BodyCodec(vault) { Find = FindDictionary };
        interned = new Interned(new StoredCode(vault));
        versions = new VersionReader(dialect, codec);
        definitions = new SearchParameters(dialect, reader.Model, codec);
        var keys = new KeySource(dialect);
        searcher = new Searcher(dialect, interned, known, versions, reader, options, clock);
        var parts = new WriterParts(
            dialect,
            interned,
            keys,
            known,
            codec,
            reader,
            searcher,
            [.. rules ?? []],
            clock,
            definitions
        );
        reindexer = new Reindexer(parts);
        writer = new Writer(
            dialect,
            interned,
            keys,
            signal,
            options.WaitingWriters,
            (main, side) => new GroupWrite(main, side, parts)
        );
    }

    public FhirModel Model => reader.Model;

    /// <summary>The current version, which may be a deletion; null when there never was one or it may not be seen.</summary>
    public Task<StoredResource?> Read(
        string type,
        string id,
        Visible visible,
        CancellationToken cancel = default
    ) => ReadAny(type, id, null, visible, cancel);

    /// <summary>One version, which may be a deletion; null when there is none or it may not be seen.</summary>
    public Task<StoredResource?> ReadVersion(
        string type,
        string id,
        int version,
        Visible visible,
        CancellationToken cancel = default
    ) => ReadAny(type, id, version, visible, cancel);

    public Task<HistoryPage> History(
        HistoryRequest request,
        Visible visible,
        CancellationToken cancel = default
    ) =>
        gate.Run(
            async (session, stop) =>
                await versions.History(
                    session,
                    request,
                    await searcher.SightOf(visible, session, stop),
                    stop
                ),
            cancel
        );

    /// <summary>One page of matches with what they include.</summary>
    /// <param name="page">What the page before gave as <see cref="SearchPage.Next"/>; null for the first.</param>
    /// <exception cref="SearchTimedOut">It took too long.</exception>
    public async Task<SearchPage> Search(
        SearchRequest request,
        string? page,
        Visible visible,
        CancellationToken cancel = default
    )
    {
        // Before a connection is taken: looking up definitions takes one of its own.
        var resolved = await new CodeClauses(
            terminology,
            Definitions,
            reader.Options.FullText,
            cancel
        ).Resolved(request);
        return await gate.Run(
            async (session, stop) =>
                await searcher.Search(
                    session,
                    resolved,
                    page,
                    await searcher.SightOf(visible, session, stop),
                    stop
                ),
            cancel
        );
    }

    private async Task<IReadOnlyList<StoredResource>> Definitions(
        string type,
        string query,
        CancellationToken cancel
    ) => (await Search(Parse(type, query), null, Visible.All, cancel)).Matches;

    /// <summary>A query such as <c>patient=12&amp;_sort=-date</c> for <see cref="Search"/>.</summary>
    /// <exception cref="InvalidSearch">A parameter is unknown or wrong.</exception>
    public SearchRequest Parse(string type, string query) => searcher.Parse(type, query);

    /// <summary>The only way to write. Completes when the writes are on disk, all of them, or throws and none is.</summary>
    /// <exception cref="WriteRefused">One write cannot be done; says which and why.</exception>
    /// <exception cref="StoreBusy">Too much is waiting.</exception>
    public async Task<TransactionResult> Transact(
        Transaction transaction,
        Visible writable,
        CancellationToken cancel = default
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            using var pending = new PendingTransaction(transaction, writable, reader, cancel);
            if (!pending.Conditions().Any())
            {
                await pending.Resolve((_, _, _) => throw new InvalidOperationException(), clock);
            }
            try
            {
                var result = await writer.Write(pending);
                if (transaction.Writes.Any(write => write.Type == "SearchParameter"))
                {
                    WakeReindex();
                }
                return result;
            }
            catch (DefinitionsChanged) when (attempt < MaxRereads)
            {
                // Read again, by the parameters that hold now.
            }
        }
    }

    /// <summary>Ids of the Patients these resources lie with, each once: whose data an answer is.</summary>
    /// <param name="written">They have just been written: no replica can have them yet.</param>
    public async Task<IReadOnlyList<string>> PatientsOf(
        IEnumerable<StoredResource> resources,
        CancellationToken cancel = default,
        bool written = false
    )
    {
        var patients = resources
            .Where(resource => resource.Compartment > 0)
            .GroupBy(resource => resource.Compartment)
            .ToDictionary(
                one => Key.Of(Key.Patient, one.Key),
                one => one.FirstOrDefault(resource => resource.Type == "Patient")?.Id
            );
        var unknown = patients
            .Where(patient => patient.Value is null)
            .Select(patient => patient.Key)
            .ToList();
        if (unknown.Count > 0)
        {
            var found = await gate.Run(
                (session, stop) => known.IdsOf(session, unknown, stop),
                cancel,
                primary: written
            );
            unknown.ForEach(key => patients[key] = found[key]);
        }
        return [.. patients.Values.Distinct()!];
    }

    /// <summary>
    /// Whether index and versions agree with the bodies. Reads everything: for a quiet hour, and after a crash.
    /// </summary>
    public async Task<Verification> Verify(CancellationToken cancel = default)
    {
        await using var session = await dialect.OpenReader(cancel);
        await definitions.Refresh(session, cancel);
        var index = await new Verifier(session, dialect, interned, codec, reader, cancel).Run();
        var versions = await new VersionVerifier(session, dialect, codec, cancel).Run();
        return index with { Faults = [.. index.Faults, .. versions] };
    }

    public async ValueTask DisposeAsync()
    {
        await writer.DisposeAsync();
        gate.Dispose();
        if (replica is not null)
        {
            await replica.DisposeAsync();
        }
        defined.Dispose();
    }

    /// <summary>For a dictionary that this host does not know: after its start, and when another host has made one.</summary>
    private (short Type, byte[] Content)? FindDictionary(int id)
    {
        using var connection = Providers.Connect(database, FhirDb.SchemaName);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"SELECT type, content FROM {dialect.Schema}dictionary WHERE id = {id}"
        );
        using var row = command.ExecuteReader();
        return row.Read()
            ? (row.GetInt16(0), codec.OpenDictionary(row.GetFieldValue<byte[]>(1)))
            : null;
    }

    private Task<StoredResource?> ReadAny(
        string type,
        string id,
        int? version,
        Visible visible,
        CancellationToken cancel
    ) =>
        gate.Run(
            async (session, stop) =>
                await versions.Read(
                    session,
                    type,
                    id,
                    version,
                    await searcher.SightOf(visible, session, stop),
                    stop
                ),
            cancel
        );
}
