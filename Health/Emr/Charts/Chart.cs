using System.Globalization;
using System.Net;
using System.Text;

namespace Health.Emr.Charts;

/// <param name="X">In the unit of the chart's ticks, such as days.</param>
/// <param name="Text">The point in words, such as <c>12/03/2026: 152 mmHg</c>.</param>
/// <param name="Out">Out of the ordinary: drawn as a filled triangle and not only in another colour.</param>
public readonly record struct ChartPoint(double X, double Y, string? Text = null, bool Out = false);

/// <param name="Kind">Style: <c>data</c> with a mark at each point, <c>median</c>, <c>limit</c> or <c>far</c> for reference curves.</param>
/// <param name="Label">Written at its right end; null for none.</param>
public sealed record ChartLine(string Kind, IReadOnlyList<ChartPoint> Points, string? Label = null);

/// <summary>
/// A line chart drawn on the server as SVG, for a page without scripts and for paper. It says in words what it shows (title and
/// description, https://www.w3.org/WAI/tutorials/images/complex/); the page sets a table beside it.
/// </summary>
/// <param name="Id">Unique in the page.</param>
/// <param name="Ticks">Places on the horizontal axis and what is written there.</param>
/// <param name="Band">The ordinary range, as a pale band; null for none.</param>
public sealed record Chart(
    string Id,
    string Title,
    string Description,
    IReadOnlyList<ChartLine> Lines,
    IReadOnlyList<(double X, string Text)> Ticks,
    (double Low, double High)? Band = null
)
{
    private const double Width = 400;
    private const double Height = 240;
    private const double Left = 38;
    private const double Right = 374;
    private const double Top = 10;
    private const double Bottom = 214;

    /// <summary>The chart as an <c>svg</c> element.</summary>
    public string Svg()
    {
        var all = Lines.SelectMany(line => line.Points).ToList();
        if (all.Count == 0)
        {
            return "";
        }
        var (fromX, toX) = Wide(
            Math.Min(all.Min(point => point.X), Ticks.Count > 0 ? Ticks[0].X : double.MaxValue),
            Math.Max(all.Max(point => point.X), Ticks.Count > 0 ? Ticks[^1].X : double.MinValue)
        );
        var (step, fromY, toY) = Steps(
            Math.Min(all.Min(point => point.Y), Band?.Low ?? double.MaxValue),
            Math.Max(all.Max(point => point.Y), Band?.High ?? double.MinValue)
        );
        double X(double x) => Left + (x - fromX) / (toX - fromX) * (Right - Left);
        double Y(double y) => Bottom - (y - fromY) / (toY - fromY) * (Bottom - Top);

        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-labelledby=\"{Id}-t {Id}-d\"><title id=\"{Id}-t\">{Html(Title)}</title><desc id=\"{Id}-d\">{Html(Description)}</desc>"
        );
        if (Band is { } band)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<rect class=\"band\" x=\"{Left}\" y=\"{N(Y(band.High))}\" width=\"{Right - Left}\" height=\"{N(Y(band.Low) - Y(band.High))}\"/>"
            );
        }
        for (var y = fromY; y <= toY + step / 2; y += step)
        {
            svg.Append(
                $"<line class=\"grid\" x1=\"{N(Left)}\" x2=\"{N(Right)}\" y1=\"{N(Y(y))}\" y2=\"{N(Y(y))}\"/><text class=\"y\" x=\"{N(Left - 5)}\" y=\"{N(Y(y) + 4)}\">{Said(y)}</text>"
            );
        }
        foreach (var (x, text) in Ticks)
        {
            svg.Append(
                $"<line class=\"grid\" x1=\"{N(X(x))}\" x2=\"{N(X(x))}\" y1=\"{N(Bottom)}\" y2=\"{N(Bottom + 4)}\"/><text class=\"x\" x=\"{N(X(x))}\" y=\"{N(Bottom + 18)}\">{Html(text)}</text>"
            );
        }
        foreach (var line in Lines.Where(line => line.Points.Count > 0))
        {
            var path = string.Join(
                " ",
                line.Points.Select(point => $"{N(X(point.X))},{N(Y(point.Y))}")
            );
            svg.Append($"<polyline class=\"{line.Kind}\" points=\"{path}\"/>");
            if (line.Label is { } label)
            {
                var end = line.Points[^1];
                svg.Append(
                    $"<text class=\"end\" x=\"{N(X(end.X) + 3)}\" y=\"{N(Y(end.Y) + 3)}\">{Html(label)}</text>"
                );
            }
            if (line.Kind == "data")
            {
                foreach (var point in line.Points)
                {
                    svg.Append(Mark(X(point.X), Y(point.Y), point));
                }
            }
        }
        return svg.Append("</svg>").ToString();
    }

    private static string Mark(double x, double y, ChartPoint point)
    {
        var title = point.Text is { } text ? $"<title>{Html(text)}</title>" : "";
        return point.Out
            ? $"<path class=\"mark out\" d=\"M{N(x)} {N(y - 5)} L{N(x + 5)} {N(y + 4)} L{N(x - 5)} {N(y + 4)} Z\">{title}</path>"
            : $"<circle class=\"mark\" cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"3.2\">{title}</circle>";
    }

    /// <summary>Four to eight round steps that hold all values.</summary>
    private static (double Step, double From, double To) Steps(double low, double high)
    {
        (low, high) = Wide(low, high);
        var rough = (high - low) / 5;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = new[] { 1, 2, 5, 10 }.Select(times => times * power).First(one => one >= rough);
        return (step, Math.Floor(low / step) * step, Math.Ceiling(high / step) * step);
    }

    /// <summary>One value alone still needs a width.</summary>
    private static (double, double) Wide(double low, double high) =>
        high - low < 1e-9 ? (low - 1, high + 1) : (low, high);

    private static string N(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Said(double number) =>
        number.ToString("0.##", SharedKernel.Ui.T.Vietnamese);

    private static string Html(string text) => WebUtility.HtmlEncode(text);
}
