using PdfSharp;
using PdfSharp.Drawing;
using PdfSharp.Pdf;
using QRCoder;

namespace SharedKernel.Documents;

/// <summary>How a piece of text looks.</summary>
/// <param name="Size">In points.</param>
public readonly record struct Ink(double Size = 9, bool Bold = false, bool Italic = false)
{
    public static readonly Ink Plain = new();
    public static readonly Ink Strong = new(Bold: true);
    public static readonly Ink Small = new(7.5);
    public static readonly Ink Title = new(15, Bold: true);
}

public enum Align
{
    Left,
    Center,
    Right,
}

/// <summary>
/// A form written from the top down on as many pages as it takes, each numbered: text that wraps, blocks that stay together, a
/// QR code. Lengths are points (1/72 inch).
/// </summary>
public sealed class Paper : IDisposable
{
    private const double Margin = 28;
    private const double LineSpacing = 1.32;
    private const double FooterHeight = 18;

    private readonly PdfDocument document = new();
    private readonly List<PdfPage> pages = [];
    private readonly string footer;
    private readonly PageSize size;
    private XGraphics graphics = null!;

    /// <param name="footer">Stands at the foot of every page, before the page's number.</param>
    /// <param name="watermark">Large and pale across every page; null for none.</param>
    public Paper(string title, string footer, PageSize size = PageSize.A5, string? watermark = null)
    {
        PackagedFonts.Use();
        document.Info.Title = title;
        document.Info.Creator = "Records";
        (this.footer, this.size, Watermark) = (footer, size, watermark);
        NewPage();
    }

    public double Left => Margin;
    public double Right => pages[^1].Width.Point - Margin;
    public double Width => Right - Left;

    /// <summary>Where the next thing goes, from the top of the page.</summary>
    public double Y { get; set; }

    private string? Watermark { get; }

    private double Bottom => pages[^1].Height.Point - Margin - FooterHeight;

    /// <summary>Starts a new page unless this much still fits on the present one.</summary>
    public void KeepTogether(double height)
    {
        if (Y + height > Bottom)
        {
            NewPage();
        }
    }

    /// <summary>Text that wraps between <paramref name="left"/> and <paramref name="right"/>; moves down behind it.</summary>
    public void Text(
        string text,
        Ink ink = default,
        Align align = Align.Left,
        double? left = null,
        double? right = null
    )
    {
        ink = ink.Size == 0 ? Ink.Plain : ink;
        var (from, to) = (left ?? Left, right ?? Right);
        foreach (var line in Wrap(text, ink, to - from))
        {
            KeepTogether(LineHeight(ink));
            var x = align switch
            {
                Align.Center => from + (to - from - WidthOf(line, ink)) / 2,
                Align.Right => to - WidthOf(line, ink),
                _ => from,
            };
            graphics.DrawString(line, Font(ink), XBrushes.Black, x, Y + ink.Size);
            Y += LineHeight(ink);
        }
    }

    /// <summary>A bold label with its value behind it, both wrapping as one text.</summary>
    public void Fact(string label, string? value, double? left = null, double? right = null)
    {
        var (from, to) = (left ?? Left, right ?? Right);
        var gap = WidthOf(label + " ", Ink.Plain);
        KeepTogether(LineHeight(Ink.Plain));
        graphics.DrawString(label, Font(Ink.Plain), XBrushes.Black, from, Y + Ink.Plain.Size);
        Text(value is { Length: > 0 } ? value : "……", Ink.Strong, left: from + gap, right: to);
    }

    /// <summary>Columns side by side; moves down behind the longest.</summary>
    public void Columns(params IReadOnlyList<(double From, double To, Action<double, double> Write)> columns)
    {
        var top = Y;
        var end = Y;
        foreach (var (from, to, write) in columns)
        {
            Y = top;
            write(Left + from * Width, Left + to * Width);
            end = Math.Max(end, Y);
        }
        Y = end;
    }

    public void Gap(double height) => Y += height;

    public void Rule()
    {
        graphics.DrawLine(new XPen(XColors.Black, 0.6), Left, Y, Right, Y);
        Y += 4;
    }

    /// <summary>A QR code of the text, drawn as rectangles so that it stays sharp at any size; does not move down.</summary>
    public void Qr(string text, double x, double y, double side)
    {
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var matrix = code.ModuleMatrix;
        var module = side / matrix.Count;
        for (var row = 0; row < matrix.Count; row++)
        {
            for (var column = 0; column < matrix.Count; column++)
            {
                if (matrix[row][column])
                {
                    // A hair's overlap, or viewers show white seams between the modules.
                    graphics.DrawRectangle(
                        XBrushes.Black,
                        x + column * module,
                        y + row * module,
                        module + 0.05,
                        module + 0.05
                    );
                }
            }
        }
    }

    /// <summary>Numbers the pages and gives the file.</summary>
    public byte[] Finish()
    {
        graphics.Dispose();
        for (var i = 0; i < pages.Count; i++)
        {
            using var page = XGraphics.FromPdfPage(pages[i]);
            var y = pages[i].Height.Point - Margin;
            page.DrawString(footer, Font(Ink.Small), XBrushes.DimGray, Margin, y);
            var number = $"Trang {i + 1}/{pages.Count}";
            page.DrawString(
                number,
                Font(Ink.Small),
                XBrushes.DimGray,
                pages[i].Width.Point - Margin - page.MeasureString(number, Font(Ink.Small)).Width,
                y
            );
        }
        using var file = new MemoryStream();
        document.Save(file);
        return file.ToArray();
    }

    public void Dispose()
    {
        graphics.Dispose();
        document.Dispose();
    }

    private void NewPage()
    {
        graphics?.Dispose();
        var page = document.AddPage();
        page.Size = size;
        pages.Add(page);
        graphics = XGraphics.FromPdfPage(page);
        Y = Margin;
        if (Watermark is not null)
        {
            var ink = new Ink(44, Bold: true);
            var state = graphics.Save();
            graphics.TranslateTransform(page.Width.Point / 2, page.Height.Point / 2);
            graphics.RotateTransform(-45);
            graphics.DrawString(
                Watermark,
                Font(ink),
                new XSolidBrush(XColor.FromArgb(235, 235, 235)),
                new XPoint(0, 0),
                XStringFormats.Center
            );
            graphics.Restore(state);
        }
    }

    private IEnumerable<string> Wrap(string text, Ink ink, double width)
    {
        foreach (var paragraph in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var line = "";
            foreach (var word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var longer = line.Length == 0 ? word : $"{line} {word}";
                if (line.Length > 0 && WidthOf(longer, ink) > width)
                {
                    yield return line;
                    line = word;
                }
                else
                {
                    line = longer;
                }
            }
            yield return line;
        }
    }

    private double WidthOf(string text, Ink ink) => graphics.MeasureString(text, Font(ink)).Width;

    private static double LineHeight(Ink ink) => ink.Size * LineSpacing;

    private static XFont Font(Ink ink) =>
        new(
            PackagedFonts.Family,
            ink.Size,
            ink.Bold ? XFontStyleEx.Bold
            : ink.Italic ? XFontStyleEx.Italic
            : XFontStyleEx.Regular
        );
}
