using System.Reflection;
using PdfSharp.Fonts;

namespace SharedKernel.Documents;

/// <summary>Every PDF carries Noto Sans from this assembly: the server needs no fonts installed, and all Vietnamese letters are there.</summary>
internal sealed class PackagedFonts : IFontResolver
{
    public const string Family = "Noto Sans";

    private static readonly Lock Once = new();

    /// <summary>PDFsharp keeps one resolver for the whole process.</summary>
    public static void Use()
    {
        lock (Once)
        {
            GlobalFontSettings.FontResolver ??= new PackagedFonts();
        }
    }

    public FontResolverInfo? ResolveTypeface(string familyName, bool isBold, bool isItalic) =>
        new(
            isBold ? "NotoSans-Bold"
            : isItalic ? "NotoSans-Italic"
            : "NotoSans-Regular"
        );

    public byte[]? GetFont(string faceName)
    {
        using var stream = Assembly
            .GetExecutingAssembly()
            .GetManifestResourceStream($"SharedKernel.Documents.Fonts.{faceName}.ttf");
        if (stream is null)
        {
            return null;
        }
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
