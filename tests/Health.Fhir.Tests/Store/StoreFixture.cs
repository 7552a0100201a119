using System.Text;
using System.Text.Json.Nodes;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Persistence;
using SharedKernel.Persistence.Sealing;
using Testing;

namespace Health.Fhir.Tests.Store;

/// <summary>The engine alone on an empty database of the provider under test.</summary>
public sealed class StoreFixture : IAsyncLifetime
{
    private readonly TestDatabase database = new();

    public FhirStore Store { get; private set; } = null!;

    public DatabaseOptions Database => database.Options;

    /// <summary>The keys of all stores of this database.</summary>
    public KeyRing Ring =>
        field ??= KeyRing.At(KeyRing.FileIn(database.Folder), TimeProvider.System);

    public async ValueTask InitializeAsync()
    {
        await using (var db = NewDb())
        {
            await Providers.Migrate(db, database.Options);
        }
        Store = NewStore();
    }

    /// <summary>As another host on the same database would have it.</summary>
    public FhirStore NewStore(
        StoreOptions? options = null,
        FhirModel? model = null,
        TimeProvider? clock = null
    ) =>
        new(
            database.Options,
            new ResourceReader(model ?? FhirModel.R4, new ReaderOptions()),
            options ?? new StoreOptions(),
            new OutboxSignal(),
            clock ?? TimeProvider.System,
            new Vault(Ring)
        );

    public FhirDb NewDb()
    {
        return database.Options.Provider switch
        {
            DatabaseProvider.Sqlite => new FhirDbSqlite(Options<FhirDbSqlite>()),
            DatabaseProvider.Postgres => new FhirDbPostgres(Options<FhirDbPostgres>()),
            _ => throw new NotSupportedException(),
        };

        DbContextOptions<TContext> Options<TContext>()
            where TContext : DbContext
        {
            var builder = new DbContextOptionsBuilder<TContext>();
            Providers.Configure(builder, database.Options, FhirDb.SchemaName);
            return builder.Options;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        database.Dispose();
    }

    public static ReadOnlyMemory<byte> Json(string json) => Encoding.UTF8.GetBytes(json);

    public static JsonNode Parse(StoredResource resource) => JsonNode.Parse(resource.Body.Span)!;

    public Task<TransactionResult> Transact(params IReadOnlyList<Write> writes) =>
        Store.Transact(new Transaction(writes), Visible.All);

    public async Task<StoredResource> Create(string json, string? condition = null) =>
        (await Transact(Creating(json, condition))).Results[0].Resource!;

    public static Write Creating(string json, string? condition = null, string? fullUrl = null) =>
        new(WriteVerb.Create, JsonNode.Parse(json)!["resourceType"]!.GetValue<string>())
        {
            Body = Json(json),
            Condition = condition,
            FullUrl = fullUrl,
        };

    public static Write Updating(string id, string json, int? ifMatch = null) =>
        new(WriteVerb.Update, JsonNode.Parse(json)!["resourceType"]!.GetValue<string>())
        {
            Id = id,
            Body = Json(json),
            IfMatch = ifMatch,
        };

    public Task<SearchPage> Page(
        string type,
        string query,
        Visible? visible = null,
        string? page = null
    ) => Store.Search(Store.Parse(type, query), page, visible ?? Visible.All);

    /// <summary>Ids of the matches, as the test gave them.</summary>
    public async Task<string[]> Find(string type, string query, Visible? visible = null) =>
        [.. (await Page(type, query, visible)).Matches.Select(match => match.Id)];
}
