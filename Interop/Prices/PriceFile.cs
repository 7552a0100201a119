using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Interop.Prices;

/// <summary>What the further open formats of a price list share.</summary>
internal static class PriceFile
{
    public static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <exception cref="NotFound">The facility has no such list.</exception>
    /// <inheritdoc cref="DownloadPrices.Find"/>
    public static async Task<PriceListVersion> Asked(
        this DownloadPrices prices,
        string facility,
        string? version,
        CancellationToken cancel
    ) =>
        await prices.Find(facility, null, version, cancel)
        ?? throw new NotFound(
            T.Of($"Bảng giá của cơ sở {facility}", $"A price list of facility {facility}")
        );

    public static string Lower(PriceItemKind kind) => kind.ToString().ToLowerInvariant();

    public static string Day(DateOnly day) =>
        day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static byte[] Bytes(JsonObject json) =>
        JsonSerializer.SerializeToUtf8Bytes(json, Readable);
}
