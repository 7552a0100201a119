using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Audit;
using SharedKernel.Contracts;
using SharedKernel.Persistence;
using SharedKernel.Persistence.Sealing;

// A host reduced to its audit trail, for tests that kill it: arguments are the provider, the connection and a name. It appends
// without end and prints each entry once it is acknowledged.
var database = new DatabaseOptions(Enum.Parse<DatabaseProvider>(args[0]), args[1]);
var services = new ServiceCollection();
services.AddModuleDb<AuditDb, AuditSqlite, AuditPostgres, AuditSqlServer>(
    database,
    AuditDb.SchemaName
);
services.AddSingleton(database);
services.AddSingleton<OutboxSignal>();
var secret = Convert.ToBase64String(new byte[32]);
services.AddSingleton(
    new Vault(
        KeyRing.Of(
            $$"""{"Lookup":"{{secret}}","Keys":[{"Id":1,"CreatedAt":"2026-01-01T00:00:00Z","Secret":"{{secret}}"}]}"""
        )
    )
);
services.AddSingleton(TimeProvider.System);
services.AddHttpContextAccessor();
services.AddSingleton<AuditTrail>();
await using var provider = services.BuildServiceProvider();
var trail = provider.GetRequiredService<AuditTrail>();
var caller = new Caller(args[2], args[2], new HashSet<Role> { Role.System });
var acknowledged = new Lock();
await Parallel.ForAsync(
    0L,
    long.MaxValue,
    new ParallelOptions { MaxDegreeOfParallelism = 8 },
    async (i, cancel) =>
    {
        var what = $"Patient/{args[2]}-{i}";
        await trail.Record(caller, new(AuditAction.Read, what, ["p"]), cancel);
        lock (acknowledged)
        {
            Console.Out.WriteLine(what);
            Console.Out.Flush();
        }
    }
);
