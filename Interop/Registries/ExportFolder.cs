using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Interop.Registries;

/// <summary>Where the files lie: <c>exports</c> below the data folder, or the path that the setting <c>exports</c> names.</summary>
public sealed class ExportFolder(IConfiguration configuration)
{
    private string Root =>
        Path.GetFullPath(
            configuration["exports"] is { Length: > 0 } set
                ? set
                : Path.Combine(configuration["data"] ?? "data", "exports")
        );

    public Task Write(string path, ReadOnlyMemory<byte> content, CancellationToken cancel) =>
        Put(Path.Combine(Root, path), content, cancel);

    /// <summary>Writes beside and renames: who sees the file sees all of it.</summary>
    internal static async Task Put(
        string target,
        ReadOnlyMemory<byte> content,
        CancellationToken cancel
    )
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var beside = $"{target}.{Guid.CreateVersion7():N}.part";
        await using (var file = new FileStream(beside, FileMode.CreateNew))
        {
            await file.WriteAsync(content, cancel);
            file.Flush(flushToDisk: true);
        }
        File.Move(beside, target, overwrite: true);
    }

    public bool Has(ExportFile file) =>
        new FileInfo(Path.Combine(Root, file.Path)) is { Exists: true } there
        && there.Length == file.Bytes;

    /// <exception cref="InvalidDataException">The file is not the one that was written.</exception>
    public async Task<byte[]> Read(ExportFile file, CancellationToken cancel)
    {
        var content = await File.ReadAllBytesAsync(Path.Combine(Root, file.Path), cancel);
        return Hash(content) == file.Sha256
            ? content
            : throw new InvalidDataException(
                $"{file.Path} is not what was written: its hash differs from the ledger's."
            );
    }

    public static string Hash(ReadOnlySpan<byte> content) =>
        Convert.ToHexStringLower(SHA256.HashData(content));
}
