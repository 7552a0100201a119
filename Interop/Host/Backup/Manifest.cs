using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using SharedKernel.Persistence;

namespace Interop.Host.Backup;

/// <summary>What a backup is: <c>backup.json</c>, and beside it <c>backup.json.sig</c>, its Ed25519 signature by the audit key.</summary>
/// <param name="Format">1; a higher one is a newer program's.</param>
/// <param name="Product">Version of the program that made it.</param>
/// <param name="TakenAt">When the copy began: what was acknowledged before is in it.</param>
/// <param name="Migrations">By schema, all that were applied.</param>
/// <param name="Audit">Head of the audit trail in the copy; null when it was empty.</param>
/// <param name="Files">All others, by path with <c>/</c>.</param>
public sealed record Manifest(
    [property: JsonRequired] int Format,
    [property: JsonRequired] string Product,
    [property: JsonRequired] DateTimeOffset TakenAt,
    [property: JsonRequired] DatabaseProvider Database,
    [property: JsonRequired] IReadOnlyDictionary<string, IReadOnlyList<string>> Migrations,
    TrailHead? Audit,
    [property: JsonRequired] IReadOnlyList<BackedUpFile> Files
)
{
    public const string FileName = "backup.json";
    public const string SignatureName = FileName + ".sig";
    public const int PresentFormat = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
    };

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <exception cref="InvalidDataException">It is no manifest, or a newer program's.</exception>
    public static Manifest Parse(byte[] text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (
                json.RootElement.TryGetProperty("format", out var format)
                && format.TryGetInt32(out var number)
                && number > PresentFormat
            )
            {
                throw new InvalidDataException(
                    $"it was made by a newer version of Records (format {number}; this one reads {PresentFormat})"
                );
            }
            return JsonSerializer.Deserialize<Manifest>(text, Json)
                ?? throw new InvalidDataException($"{FileName} is empty");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{FileName} is damaged: {error.Message}");
        }
    }
}

/// <param name="Size">Rows.</param>
/// <param name="Hash">Of the last row, in hex.</param>
public sealed record TrailHead(long Size, string Hash);

/// <param name="Path">From the backup's folder, with <c>/</c>.</param>
/// <param name="Sha256">In hex.</param>
public sealed record BackedUpFile(string Path, long Bytes, string Sha256)
{
    public static async Task<BackedUpFile> Of(string folder, string file, CancellationToken cancel)
    {
        await using var content = File.OpenRead(file);
        return new(
            System.IO.Path.GetRelativePath(folder, file).Replace('\\', '/'),
            content.Length,
            Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancel))
        );
    }
}
