using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Modules;

/// <summary>Where the key ring of an installation is: <c>Vault:Ring</c> (its JSON), else <c>Vault:File</c>, else <c>keys/vault.json</c> in the data folder.</summary>
public static class VaultOptions
{
    public static IServiceCollection AddVault(
        this IServiceCollection services,
        IConfiguration configuration,
        string dataFolder
    ) =>
        services.AddSingleton(provider => new Vault(
            configuration["Vault:Ring"] is { Length: > 0 } ring
                ? KeyRing.Of(ring)
                : KeyRing.At(
                    FileIn(configuration, dataFolder),
                    provider.GetRequiredService<TimeProvider>()
                )
        ));

    /// <summary>There is no ring yet; asking for the vault makes one.</summary>
    public static bool IsMissing(IConfiguration configuration, string dataFolder) =>
        configuration["Vault:Ring"] is not { Length: > 0 }
        && !File.Exists(FileIn(configuration, dataFolder));

    private static string FileIn(IConfiguration configuration, string dataFolder) =>
        configuration["Vault:File"] is { Length: > 0 } file ? file : KeyRing.FileIn(dataFolder);
}
