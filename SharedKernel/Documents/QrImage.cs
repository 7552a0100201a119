using System.Net;
using QRCoder;

namespace SharedKernel.Documents;

/// <summary>A QR code for a page: one SVG path that fills its frame, so that it stays sharp and a screen reader says what it is.</summary>
public static class QrImage
{
    public static string Svg(string text, string label)
    {
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var matrix = code.ModuleMatrix;
        var path = string.Concat(
            from row in Enumerable.Range(0, matrix.Count)
            from column in Enumerable.Range(0, matrix.Count)
            where matrix[row][column]
            select $"M{column} {row}h1v1h-1z"
        );
        return $"""<svg role="img" aria-label="{WebUtility.HtmlEncode(label)}" viewBox="0 0 {matrix.Count} {matrix.Count}" width="100%" height="100%" shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"/><path d="{path}" fill="#000"/></svg>""";
    }
}
