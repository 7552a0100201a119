using System.Text.Json;

namespace Interop.Registries.Sending;

/// <summary>
/// A folder that another program empties: the file, and beside it <c>.receipt.json</c> with its hash. The receipt is written last, so
/// what has one is whole; the same file put there twice is one file.
/// </summary>
public sealed class FolderDestination(string folder) : IDestination
{
    private sealed record Slip(Guid Key, string Sha256, long Bytes, int? Corrects);

    public async Task<Reply> Ask(Shipment shipment, CancellationToken cancel)
    {
        var slip = SlipPath(shipment);
        if (!File.Exists(slip))
        {
            return new(Answer.Absent);
        }
        var known = JsonSerializer.Deserialize<Slip>(await File.ReadAllBytesAsync(slip, cancel));
        return known?.Sha256 == shipment.Sha256
            ? new(Answer.Acknowledged, Path.GetFileName(slip))
            : new(Answer.Refused, Reason: $"{slip} is of another content.");
    }

    public async Task<Reply> Send(Shipment shipment, CancellationToken cancel)
    {
        try
        {
            var target = Path.Combine(folder, shipment.Path);
            await ExportFolder.Put(target, shipment.Content, cancel);
            var slip = new Slip(
                shipment.Key,
                shipment.Sha256,
                shipment.Content.Length,
                shipment.Corrects
            );
            await ExportFolder.Put(
                SlipPath(shipment),
                JsonSerializer.SerializeToUtf8Bytes(slip),
                cancel
            );
            return new(Answer.Acknowledged, Path.GetFileName(SlipPath(shipment)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new(Answer.Failed, Reason: error.Message);
        }
    }

    private string SlipPath(Shipment shipment) =>
        Path.Combine(folder, shipment.Path) + ".receipt.json";
}
