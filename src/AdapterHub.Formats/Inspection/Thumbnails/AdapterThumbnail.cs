using System.Security.Cryptography;
using System.Text;
using AdapterHub.Formats.Inspection.Anatomy;

namespace AdapterHub.Formats.Inspection.Thumbnails;

/// <summary>Which family of shapes a picture without an anatomy belongs to.</summary>
public enum ThumbnailMotif
{
    /// <summary>Quarters of discs: an adapter whose anatomy is not known.</summary>
    Tiles,

    /// <summary>Rings: a base model.</summary>
    Rings,

    /// <summary>Lines as of text: a dataset.</summary>
    Lines,
}

/// <summary>
/// The picture by which a repository is known everywhere: an adapter's heat map, layers from left to right and modules from top to bottom, or
/// shapes drawn from a digest. SVG of two by one without script, style, link or text of a file; the same input gives the same bytes. Its paths
/// have the classes <c>thumbnail-ground</c> and <c>thumbnail-0</c> (dim) to <c>thumbnail-7</c> (bright), should a page want other colours.
/// </summary>
public static class AdapterThumbnail
{
    private const int Margin = 12;

    /// <summary>Cells across and down; larger maps are drawn coarser, neighbours taken together.</summary>
    private const int MostAcross = 96;
    private const int MostDown = 48;

    /// <summary>Draws the heat map. Colours stretch from the smallest cell to the largest; the hue comes from the numbers, so that alike is not the same.</summary>
    public static string Of(AdapterAnatomy anatomy)
    {
        ArgumentNullException.ThrowIfNull(anatomy);
        // By way of the JSON, whose numbers are rounded: a kept anatomy then gives the same picture as a fresh one.
        var json = anatomy.ToJson();
        var map = AdapterAnatomy.FromJson(json).Map;
        if (map.Largest <= 0)
            return OfDigest(json, ThumbnailMotif.Tiles);
        var canvas = new ThumbnailCanvas(ThumbnailPalette.Choose(SHA256.HashData(Encoding.UTF8.GetBytes(json))[0]));
        Draw(canvas, Shrink(map));
        return canvas.ToSvg("Size of the change by layer and module");
    }

    /// <summary>Draws shapes from a digest, or from any text that names one thing.</summary>
    public static string OfDigest(string digest, ThumbnailMotif motif)
    {
        ArgumentNullException.ThrowIfNull(digest);
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(digest));
        var canvas = new ThumbnailCanvas(ThumbnailPalette.Choose(bytes[0]));
        switch (motif)
        {
            case ThumbnailMotif.Rings:
                DrawRings(canvas, bytes);
                break;
            case ThumbnailMotif.Lines:
                DrawLines(canvas, bytes);
                break;
            default:
                DrawTiles(canvas, bytes);
                break;
        }

        return canvas.ToSvg("Pattern drawn from the digest");
    }

    /// <summary>Cells (across = layers, down = modules); null where nothing is.</summary>
    private static double?[,] Shrink(AnatomyMap map)
    {
        var (across, down) = (Math.Min(map.Rows.Count, MostAcross), Math.Min(map.Columns.Count, MostDown));
        var cells = new double?[across, down];
        for (var row = 0; row < map.Rows.Count; row++)
        {
            for (var column = 0; column < map.Columns.Count; column++)
            {
                if (map[row, column] is not { } norm)
                    continue;
                ref var cell = ref cells[row * across / map.Rows.Count, column * down / map.Columns.Count];
                cell = Math.Max(cell ?? 0, norm);
            }
        }

        return cells;
    }

    private static void Draw(ThumbnailCanvas canvas, double?[,] cells)
    {
        var (across, down) = (cells.GetLength(0), cells.GetLength(1));
        var (least, most) = (cells.Cast<double?>().Min()!.Value, cells.Cast<double?>().Max()!.Value);
        var (width, height) = (ThumbnailCanvas.Width - (2 * Margin), ThumbnailCanvas.Height - (2 * Margin));
        // Many layers of few modules are a band across, not stripes from top to bottom.
        height = Math.Min(height, Math.Max(height * 3 / 5, down * width / across));
        var top = (ThumbnailCanvas.Height - height) / 2;
        for (var i = 0; i < across; i++)
        {
            for (var j = 0; j < down; j++)
            {
                if (cells[i, j] is not { } norm)
                    continue;
                var step = most > least ? (int)Math.Min(ThumbnailPalette.Steps - 1, (norm - least) / (most - least) * ThumbnailPalette.Steps) : ThumbnailPalette.Steps / 2;
                var (x, right) = (Margin + (i * width / across), Margin + ((i + 1) * width / across));
                var (y, bottom) = (top + (j * height / down), top + ((j + 1) * height / down));
                canvas.Rectangle(step, x, y, Inner(right - x), Inner(bottom - y));
            }
        }
    }

    /// <summary>Leaves a line between cells that are large enough.</summary>
    private static int Inner(int size) => size >= 5 ? size - 1 : Math.Max(size, 1);

    private static void DrawTiles(ThumbnailCanvas canvas, byte[] bytes)
    {
        const int size = 40;
        for (var tile = 0; tile < 32; tile++)
        {
            var value = bytes[tile];
            if (value >> 5 < 6)
                canvas.Quarter(value & 7, tile % 8 * size, tile / 8 * size, size, value >> 3 & 3);
        }
    }

    private static void DrawRings(ThumbnailCanvas canvas, byte[] bytes)
    {
        var (x, y) = (60 + (bytes[1] * 200 / 255), 20 + (bytes[2] * 120 / 255));
        var inner = 4;
        for (var ring = 0; ring < 14; ring++)
        {
            var outer = inner + 6 + (bytes[3 + ring] & 15);
            if ((bytes[3 + ring] & 16) != 0 || ring % 3 == 0)
                canvas.Ring(bytes[3 + ring] >> 5, x, y, inner, outer);
            inner = outer + 2;
        }
    }

    private static void DrawLines(ThumbnailCanvas canvas, byte[] bytes)
    {
        for (var line = 0; line < 8; line++)
        {
            var x = 20;
            for (var word = 0; word < 4; word++)
            {
                var value = bytes[(line * 4) + word];
                var width = 24 + (value & 63);
                if (x + width > ThumbnailCanvas.Width - 20)
                    break;
                canvas.Bar(value >> 5, x, 14 + (line * 17), width, 10);
                x += width + 8;
            }
        }
    }
}
