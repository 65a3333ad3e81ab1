using System.Globalization;
using System.Text;

namespace AdapterHub.Formats.Inspection.Thumbnails;

/// <summary>Shapes in eight colours on a ground, as SVG: one path a colour, whole numbers, nothing that comes from a file.</summary>
internal sealed class ThumbnailCanvas(ThumbnailPalette palette)
{
    public const int Width = 320;
    public const int Height = 160;
    private readonly StringBuilder[] _paths = [.. Enumerable.Range(0, ThumbnailPalette.Steps).Select(_ => new StringBuilder())];

    public void Rectangle(int step, int x, int y, int width, int height) =>
        _paths[step].Append(CultureInfo.InvariantCulture, $"M{x} {y}h{width}v{height}h-{width}z");

    /// <summary>A bar with round ends.</summary>
    public void Bar(int step, int x, int y, int width, int height)
    {
        var r = height / 2;
        _paths[step].Append(CultureInfo.InvariantCulture, $"M{x + r} {y}h{Math.Max(width - height, 0)}a{r} {r} 0 0 1 0 {2 * r}h-{Math.Max(width - height, 0)}a{r} {r} 0 0 1 0-{2 * r}z");
    }

    /// <summary>A quarter of a disc in a square, its corner at one of the four (0 is the upper left, then clockwise).</summary>
    public void Quarter(int step, int x, int y, int size, int corner)
    {
        var (cx, cy) = (corner is 1 or 2 ? x + size : x, corner is 2 or 3 ? y + size : y);
        var (dx, dy) = (corner is 1 or 2 ? -size : size, corner is 2 or 3 ? -size : size);
        var sweep = corner is 0 or 2 ? 1 : 0;
        _paths[step].Append(CultureInfo.InvariantCulture, $"M{cx} {cy}h{dx}A{size} {size} 0 0 {sweep} {cx} {cy + dy}z");
    }

    /// <summary>A ring around a point.</summary>
    public void Ring(int step, int x, int y, int inner, int outer)
    {
        foreach (var (radius, sweep) in new[] { (outer, 1), (inner, 0) })
            _paths[step].Append(CultureInfo.InvariantCulture, $"M{x - radius} {y}a{radius} {radius} 0 1 {sweep} {2 * radius} 0a{radius} {radius} 0 1 {sweep}-{2 * radius} 0z");
    }

    /// <param name="label">What the picture shows, for those who hear the page; fixed words, never a file's.</param>
    public string ToSvg(string label)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" class=\"thumbnail\" role=\"img\" aria-label=\"{label}\">");
        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"thumbnail-ground\" fill=\"{palette.Ground}\" d=\"M0 0h{Width}v{Height}H0z\"/>");
        for (var step = 0; step < _paths.Length; step++)
        {
            if (_paths[step].Length > 0)
                svg.Append(CultureInfo.InvariantCulture, $"<path class=\"thumbnail-{step}\" fill=\"{palette.Colours[step]}\" d=\"").Append(_paths[step]).Append("\"/>");
        }

        return svg.Append("</svg>").ToString();
    }
}
