using Microsoft.Extensions.Diagnostics.HealthChecks;
using SharedKernel.Persistence;

namespace Interop.Host;

/// <summary><c>/health/ready</c>: every module's database answers.</summary>
public sealed class DatabasesReady(
    IServiceScopeFactory scopes,
    IEnumerable<ModuleDatabase> databases
) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        foreach (var database in databases)
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = (ModuleDb)scope.ServiceProvider.GetRequiredService(database.Context);
            if (!await db.Database.CanConnectAsync(cancellationToken))
            {
                return HealthCheckResult.Unhealthy(
                    $"The database of {database.Schema} does not answer."
                );
            }
        }
        return HealthCheckResult.Healthy();
    }
}
