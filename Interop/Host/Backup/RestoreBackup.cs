using Microsoft.EntityFrameworkCore;
using SharedKernel.Access.Audit;
using SharedKernel.Persistence;
using SharedKernel.Persistence.Backup;

namespace Interop.Host.Backup;

/// <summary><c>restore</c>: puts a backup in place, after looking at every byte of it.</summary>
internal static class RestoreBackup
{
    /// <param name="replace">Data that are there already are put aside (SQLite) or replaced in one transaction (PostgreSQL).</param>
    /// <param name="key">As <c>/open-data/audit/key</c> gives it; null trusts the hashes alone.</param>
    /// <exception cref="InvalidDataException">The backup is damaged, another installation's, or a newer program's.</exception>
    /// <exception cref="InvalidOperationException">The place is not empty, or in use.</exception>
    public static async Task<Manifest> Run(
        IServiceProvider services,
        string folder,
        bool replace,
        AuditPublicKey? key,
        CancellationToken cancel
    )
    {
        var options = services.GetRequiredService<HostOptions>();
        var modules = services.GetServices<ModuleDatabase>().ToList();
        var manifest = await Check(folder, key, cancel);
        if (manifest.Database != options.Database.Provider)
        {
            throw new InvalidDataException(
                $"it is of {manifest.Database} and cannot be put into {options.Database.Provider}"
            );
        }
        RefuseNewer(services, modules, manifest);
        if (
            !replace
            && await DatabaseBackup.HasData(
                options.Database,
                [.. modules.Select(module => module.Schema)],
                cancel
            )
        )
        {
            throw new InvalidOperationException(
                "There are data already. With --replace they give way to the backup."
            );
        }
        await DatabaseBackup.PutBack(
            options.Database,
            Path.Combine(folder, TakeBackup.Databases),
            services.GetRequiredService<IConfiguration>()["Backup:PostgresTools"],
            services.GetRequiredService<TimeProvider>(),
            cancel
        );
        PutFiles(Path.Combine(folder, TakeBackup.Files), options.DataFolder);
        return manifest;
    }

    /// <summary>Every file is there and is what it was.</summary>
    public static async Task<Manifest> Check(
        string folder,
        AuditPublicKey? key,
        CancellationToken cancel
    )
    {
        var file = Path.Combine(folder, Manifest.FileName);
        if (!File.Exists(file))
        {
            throw new InvalidDataException(
                $"there is no {Manifest.FileName}: it is no backup, or one that did not end"
            );
        }
        var text = await File.ReadAllBytesAsync(file, cancel);
        var manifest = Manifest.Parse(text);
        if (key is not null && !await IsSigned(folder, text, key, cancel))
        {
            throw new InvalidDataException("it is not signed by that key");
        }
        foreach (var listed in manifest.Files)
        {
            var place = Path.GetFullPath(Path.Combine(folder, listed.Path));
            if (
                !place.StartsWith(
                    Path.GetFullPath(folder) + Path.DirectorySeparatorChar,
                    StringComparison.Ordinal
                )
            )
            {
                throw new InvalidDataException($"{listed.Path} lies outside of it");
            }
            if (!File.Exists(place))
            {
                throw new InvalidDataException($"{listed.Path} is missing");
            }
            if ((await BackedUpFile.Of(folder, place, cancel)).Sha256 != listed.Sha256)
            {
                throw new InvalidDataException($"{listed.Path} is damaged");
            }
        }
        return manifest;
    }

    private static async Task<bool> IsSigned(
        string folder,
        byte[] text,
        AuditPublicKey key,
        CancellationToken cancel
    )
    {
        var file = Path.Combine(folder, Manifest.SignatureName);
        var signature = new byte[AuditKey.SignatureBytes];
        return File.Exists(file)
            && Convert.TryFromBase64String(
                (await File.ReadAllTextAsync(file, cancel)).Trim(),
                signature,
                out var length
            )
            && length == signature.Length
            && key.Verifies(text, signature);
    }

    private static void RefuseNewer(
        IServiceProvider services,
        List<ModuleDatabase> modules,
        Manifest manifest
    )
    {
        foreach (var (schema, applied) in manifest.Migrations)
        {
            if (modules.Find(module => module.Schema == schema) is not { } module)
            {
                // A part that is not run here; its tables come along.
                continue;
            }
            using var scope = services.CreateScope();
            var db = (ModuleDb)scope.ServiceProvider.GetRequiredService(module.Context);
            if (applied.Except(db.Database.GetMigrations()).FirstOrDefault() is { } unknown)
            {
                throw new InvalidDataException(
                    $"it was made by a newer version of Records ({manifest.Product}): {schema} has the change {unknown}, which this one does not know"
                );
            }
        }
    }

    private static void PutFiles(string from, string data)
    {
        if (!Directory.Exists(from))
        {
            return;
        }
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var place = Path.Combine(data, Path.GetRelativePath(from, file));
            OwnerOnly.Folder(Path.GetDirectoryName(place)!);
            File.Copy(file, place, overwrite: true);
        }
    }
}
