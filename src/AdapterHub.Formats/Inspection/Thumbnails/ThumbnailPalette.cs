using System.Globalization;

namespace AdapterHub.Formats.Inspection.Thumbnails;

/// <summary>
/// A dark ground and eight steps of even perceived lightness on it, in one of twelve hues: mixed in OKLCH (CSS Color Module Level 4,
/// section 9.4), with the chroma lowered where sRGB does not reach. With a ground of its own a picture looks the same on light and dark pages.
/// </summary>
internal sealed class ThumbnailPalette
{
    public const int Steps = 8;
    private const int Hues = 12;
    private static readonly ThumbnailPalette[] All = [.. Enumerable.Range(0, Hues).Select(hue => new ThumbnailPalette(hue * 360.0 / Hues))];

    private ThumbnailPalette(double hue)
    {
        Ground = Hex(0.21, 0.035, hue);
        // The hue turns while it gets lighter, as flames do, so that steps differ in more than lightness.
        Colours = [.. Enumerable.Range(0, Steps).Select(step => step / (Steps - 1.0)).Select(t => Hex(0.33 + (0.55 * t), 0.06 + (0.10 * t), hue + (70 * t)))];
    }

    public string Ground { get; }

    /// <summary>Dim to bright.</summary>
    public IReadOnlyList<string> Colours { get; }

    public static ThumbnailPalette Choose(byte seed) => All[seed % Hues];

    private static string Hex(double lightness, double chroma, double hue)
    {
        for (; ; chroma -= 0.005)
        {
            var (red, green, blue) = ToLinear(lightness, Math.Max(chroma, 0), hue * Math.PI / 180);
            if (chroma <= 0 || (IsInside(red) && IsInside(green) && IsInside(blue)))
                return string.Create(CultureInfo.InvariantCulture, $"#{Encode(red):x2}{Encode(green):x2}{Encode(blue):x2}");
        }
    }

    /// <summary>OKLCH to linear sRGB; the matrices are Ottosson's, "A perceptual color space for image processing", 2020.</summary>
    private static (double Red, double Green, double Blue) ToLinear(double lightness, double chroma, double hue)
    {
        var (a, b) = (chroma * Math.Cos(hue), chroma * Math.Sin(hue));
        var l = Cube(lightness + (0.3963377774 * a) + (0.2158037573 * b));
        var m = Cube(lightness - (0.1055613458 * a) - (0.0638541728 * b));
        var s = Cube(lightness - (0.0894841775 * a) - (1.2914855480 * b));
        return (
            (4.0767416621 * l) - (3.3077115913 * m) + (0.2309699292 * s),
            (-1.2684380046 * l) + (2.6097574011 * m) - (0.3413193965 * s),
            (-0.0041960863 * l) - (0.7034186147 * m) + (1.7076147010 * s));
    }

    private static double Cube(double value) => value * value * value;

    private static bool IsInside(double linear) => linear is >= -1e-6 and <= 1 + 1e-6;

    private static int Encode(double linear)
    {
        var value = Math.Clamp(linear, 0, 1);
        return (int)Math.Round(255 * (value <= 0.0031308 ? 12.92 * value : (1.055 * Math.Pow(value, 1 / 2.4)) - 0.055));
    }
}
