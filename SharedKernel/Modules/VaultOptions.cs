using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Persistence;
using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Modules;

/// <summary>
/// Where the key ring of an installation is: <c>Vault:Ring</c> (its JSON), else <c>Vault:File</c>, else <c>keys/vault.json</c> in the
/// data folder. A first start makes one; where databases hold what another ring has sealed, nothing starts.
/// </summary>
public static class VaultOptions
{
    public static IServiceCollection AddVault(
        this IServiceCollection services,
        IConfiguration configuration,
        string dataFolder
    ) =>
        services.AddSingleton(provider =>
        {
            var database = provider.GetRequiredService<DatabaseOptions>();
            var columns = provider.GetServices<SealedColumn>().ToList();
            var file = configuration["Vault:File"] is { Length: > 0 } named
                ? named
                : KeyRing.FileIn(dataFolder);
            var ring = configuration["Vault:Ring"];
            if (
                ring is not { Length: > 0 }
                && !File.Exists(file)
                && columns.Find(column => IsSealed(First(database, column))) is { } sealedColumn
            )
            {
                throw new VaultMissing(
                    $"The key ring {Path.GetFullPath(file)} is missing, and {sealedColumn.Schema}.{sealedColumn.Table} holds records that only it can open. "
                        + "Nothing was changed. Put the file back from a backup (restore does), or name it by Vault:File or Vault:Ring. "
                        + "Whoever wants to begin anew starts with empty databases."
                );
            }
            var vault = new Vault(
                ring is { Length: > 0 }
                    ? KeyRing.Of(ring)
                    : KeyRing.At(file, provider.GetRequiredService<TimeProvider>())
            );
            foreach (var column in columns.Where(column => column.IsMark))
            {
                if (First(database, column) is string mark && !vault.Knows(mark))
                {
                    throw new VaultMissing(
                        $"The key ring {(ring is { Length: > 0 } ? "in Vault:Ring" : Path.GetFullPath(file))} is another installation's: it does not open these databases. "
                            + "Nothing was changed. Put back the ring that belongs to them."
                    );
                }
            }
            return vault;
        });

    private static object? First(DatabaseOptions database, SealedColumn column) =>
        SchemaState.FirstIn(database, column).GetAwaiter().GetResult();

    private static bool IsSealed(object? value) =>
        value switch
        {
            byte[] bytes => Vault.IsSealed(bytes),
            string text => Vault.IsSealed(text),
            _ => false,
        };
}
