using System.Globalization;

namespace AdapterHub.Formats.Inspection;

/// <summary>Reads module paths such as <c>model.layers.0.self_attn.q_proj</c>.</summary>
public static class ModulePath
{
    /// <summary>The last part of a path, such as <c>q_proj</c>.</summary>
    public static string Leaf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path[(path.LastIndexOf('.') + 1)..];
    }

    /// <summary>Whether a part of a path is an index into a list of modules.</summary>
    public static bool IsIndex(string part) => part is { Length: > 0 and < 7 } && part.All(char.IsAsciiDigit);

    /// <summary>
    /// Splits a path at its first index: the list of layers, the layer, and what lies within. Null where no part of it is an index.
    /// <c>decoder.block.3.layer.1.EncDecAttention.q</c> gives (decoder.block, 3, layer.1.EncDecAttention.q).
    /// </summary>
    public static (string Stack, int Layer, string Within)? FindLayer(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var parts = path.Split('.');
        var at = Array.FindIndex(parts, IsIndex);
        return at < 0
            ? null
            : (string.Join('.', parts[..at]), int.Parse(parts[at], NumberStyles.None, CultureInfo.InvariantCulture), string.Join('.', parts[(at + 1)..]));
    }
}
