using System.Reflection;
using QRCoder;
using SkiaSharp;

namespace SharedKernel.Documents;

/// <summary>How a piece of text looks.</summary>
/// <param name="Size">In points.</param>
public readonly record struct Ink(float Size, bool Bold = false, bool Italic = false)
{
    public static readonly Ink Plain = new(9);
    public static readonly Ink Strong = new(9, Bold: true);
    public static readonly Ink Quiet = new(9, Italic: true);
    public static readonly Ink Small = new(7.5f);
    public static readonly Ink Title = new(15, Bold: true);
    internal static readonly Ink Huge = new(44, Bold: true);
}

public enum Align
{
    Left,
    Center,
    Right,
}

/// <summary>
/// A form on A5, written from the top down on as many pages as it takes, each numbered: text that wraps, blocks that stay
/// together, a QR code. Lengths are points (1/72 inch). The fonts come from this assembly: the server needs none installed, and
/// all Vietnamese letters are there.
/// </summary>
public sealed class Paper : IDisposable
{
    private const float PageWidth = 419.5f;
    private const float PageHeight = 595.3f;
    private const float Margin = 28;
    private const float LineSpacing = 1.32f;
    private const float Bottom = PageHeight - Margin - 18;

    private static readonly SKTypeface Regular = Load("NotoSans-Regular");
    private static readonly SKTypeface Bold = Load("NotoSans-Bold");
    private static readonly SKTypeface Italic = Load("NotoSans-Italic");

    private readonly List<SKPicture> pages = [];
    private readonly string title;
    private readonly string footer;
    private readonly string? watermark;
    private readonly SKPaint black = new() { Color = SKColors.Black, IsAntialias = true };
    private readonly SKPaint grey = new() { Color = SKColors.DimGray, IsAntialias = true };
    private SKPictureRecorder recorder = new();
    private SKCanvas canvas = null!;

    /// <param name="footer">Stands at the foot of every page, before the page's number.</param>
    /// <param name="watermark">Large and pale across every page; null for none.</param>
    public Paper(string title, string footer, string? watermark = null)
    {
        (this.title, this.footer, this.watermark) = (title, footer, watermark);
        BeginPage();
    }

    public float Left => Margin;
    public float Right => PageWidth - Margin;
    public float Width => Right - Left;

    /// <summary>Where the next thing goes, from the top of the page.</summary>
    public float Y { get; set; }

    /// <summary>Starts a new page unless this much still fits on the present one.</summary>
    public void KeepTogether(float height)
    {
        if (Y + height > Bottom)
        {
            EndPage();
            BeginPage();
        }
    }

    /// <summary>Text that wraps between <paramref name="left"/> and <paramref name="right"/>; moves down behind it.</summary>
    public void Text(
        string text,
        Ink ink,
        Align align = Align.Left,
        float? left = null,
        float? right = null
    )
    {
        var (from, to) = (left ?? Left, right ?? Right);
        using var font = Font(ink);
        foreach (var line in Wrap(text, font, to - from))
        {
            KeepTogether(ink.Size * LineSpacing);
            var (x, anchor) = align switch
            {
                Align.Center => ((from + to) / 2, SKTextAlign.Center),
                Align.Right => (to, SKTextAlign.Right),
                _ => (from, SKTextAlign.Left),
            };
            canvas.DrawText(line, x, Y + ink.Size, anchor, font, black);
            Y += ink.Size * LineSpacing;
        }
    }

    /// <summary>A label and its value in bold behind it; dots where there is none, to be filled by hand.</summary>
    public void Fact(string label, string? value, float? left = null, float? right = null)
    {
        var from = left ?? Left;
        KeepTogether(Ink.Plain.Size * LineSpacing);
        using var font = Font(Ink.Plain);
        canvas.DrawText(label, from, Y + Ink.Plain.Size, SKTextAlign.Left, font, black);
        Text(
            value is { Length: > 0 } ? value : "……",
            Ink.Strong,
            left: from + font.MeasureText(label + " "),
            right: right
        );
    }

    /// <summary>Columns side by side, from and to as parts of the width; moves down behind the longest.</summary>
    public void Columns(
        params IReadOnlyList<(float From, float To, Action<float, float> Write)> columns
    )
    {
        var (top, end) = (Y, Y);
        foreach (var (from, to, write) in columns)
        {
            Y = top;
            write(Left + from * Width, Left + to * Width);
            end = Math.Max(end, Y);
        }
        Y = end;
    }

    public void Gap(float height) => Y += height;

    /// <summary>A QR code of the text, drawn as rectangles so that it stays sharp at any size; does not move down.</summary>
    public void Qr(string text, float x, float y, float side)
    {
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var matrix = code.ModuleMatrix;
        var module = side / matrix.Count;
        using var sharp = new SKPaint { Color = SKColors.Black, IsAntialias = false };
        for (var row = 0; row < matrix.Count; row++)
        {
            for (var column = 0; column < matrix.Count; column++)
            {
                if (matrix[row][column])
                {
                    canvas.DrawRect(x + column * module, y + row * module, module, module, sharp);
                }
            }
        }
    }

    /// <summary>Numbers the pages and gives the PDF.</summary>
    public byte[] Finish()
    {
        EndPage();
        using var file = new MemoryStream();
        using (
            var document = SKDocument.CreatePdf(
                file,
                new SKDocumentPdfMetadata { Title = title, Creator = "Records" }
            )
        )
        {
            using var font = Font(Ink.Small);
            for (var i = 0; i < pages.Count; i++)
            {
                var page = document.BeginPage(PageWidth, PageHeight);
                page.DrawPicture(pages[i]);
                var y = PageHeight - Margin;
                page.DrawText(footer, Left, y, SKTextAlign.Left, font, grey);
                page.DrawText(
                    $"Trang {i + 1}/{pages.Count}",
                    Right,
                    y,
                    SKTextAlign.Right,
                    font,
                    grey
                );
                document.EndPage();
            }
            document.Close();
        }
        return file.ToArray();
    }

    public void Dispose()
    {
        recorder.Dispose();
        pages.ForEach(page => page.Dispose());
        black.Dispose();
        grey.Dispose();
    }

    private void BeginPage()
    {
        recorder = new SKPictureRecorder();
        canvas = recorder.BeginRecording(new SKRect(0, 0, PageWidth, PageHeight));
        Y = Margin;
        if (watermark is not null)
        {
            using var pale = new SKPaint { Color = new SKColor(232, 232, 232), IsAntialias = true };
            using var font = Font(Ink.Huge);
            canvas.Save();
            canvas.RotateDegrees(-45, PageWidth / 2, PageHeight / 2);
            canvas.DrawText(
                watermark,
                PageWidth / 2,
                PageHeight / 2,
                SKTextAlign.Center,
                font,
                pale
            );
            canvas.Restore();
        }
    }

    private void EndPage()
    {
        pages.Add(recorder.EndRecording());
        recorder.Dispose();
    }

    private static IEnumerable<string> Wrap(string text, SKFont font, float width)
    {
        foreach (var paragraph in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var line = "";
            foreach (var word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var longer = line.Length == 0 ? word : $"{line} {word}";
                if (line.Length > 0 && font.MeasureText(longer) > width)
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

    private static SKFont Font(Ink ink) =>
        new(
            ink.Bold ? Bold
                : ink.Italic ? Italic
                : Regular,
            ink.Size
        );

    private static SKTypeface Load(string face)
    {
        using var stream = Assembly
            .GetExecutingAssembly()
            .GetManifestResourceStream($"SharedKernel.Documents.Fonts.{face}.ttf");
        return SKTypeface.FromStream(stream);
    }
}
