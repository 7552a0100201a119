using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access;
using SharedKernel.Access.Audit;
using SharedKernel.Access.Law;
using SharedKernel.Contracts;
using SharedKernel.Persistence;
using SharedKernel.Persistence.Sealing;
using Testing;

namespace SharedKernel.Tests.Audit;

/// <summary>An empty audit trail on a database of its own, without the server around it.</summary>
public sealed class AuditStore : IAsyncLifetime
{
    private readonly TestDatabase database = new();
    private ServiceProvider services = null!;

    public DatabaseOptions Database => database.Options;

    public string Folder => database.Folder;

    public IServiceProvider Services => services;

    public IAudit Trail => services.GetRequiredService<IAudit>();

    public async ValueTask InitializeAsync()
    {
        services = new ServiceCollection()
            .AddModuleDb<AuditDb, AuditSqlite, AuditPostgres, AuditSqlServer>(
                Database,
                AuditDb.SchemaName
            )
            .AddSingleton(Database)
            .AddSingleton<OutboxSignal>()
            .AddSingleton(new Vault(KeyRing.At(KeyRing.FileIn(Folder), TimeProvider.System)))
            .AddSingleton(TimeProvider.System)
            .AddHttpContextAccessor()
            .AddSingleton<IAudit, AuditTrail>()
            .AddSingleton(new LawOfUse())
            .AddSingleton<IAccess, AccessTable>()
            .AddScoped<ICurrentCaller, CurrentCaller>()
            .AddSingleton(AuditKey.In(Path.Combine(Folder, "keys")))
            .AddScoped<SignTreeHead>()
            .AddScoped<VerifyAudit>()
            .AddScoped<ProveAuditRow>()
            .AddScoped<ReadAudit>()
            .AddScoped<AuditEvents>()
            .BuildServiceProvider();
        await using var scope = Scope();
        await Providers.Migrate(scope.ServiceProvider.GetRequiredService<AuditDb>(), Database);
    }

    /// <summary>A scope that acts as the system.</summary>
    public AsyncServiceScope Scope()
    {
        var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        return scope;
    }

    public async Task<AuditVerdict> Verify(params IReadOnlyList<string> kept)
    {
        await using var scope = Scope();
        return await scope.ServiceProvider.GetRequiredService<VerifyAudit>().Run(kept);
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        database.Dispose();
    }
}
