using System.Globalization;

namespace AdapterHub.Engine.Blending.Interference;

/// <summary>The numbered layer of a model that a module lies in.</summary>
public static class ModelLayer
{
    /// <summary>"model.layers.3" of "model.layers.3.mlp.up_proj"; the module itself where its path has no number.</summary>
    public static string Of(string path)
    {
        var parts = path.Split('.');
        var number = Array.FindIndex(parts, part => TryNumber(part, out _));
        return number < 0 ? path : string.Join('.', parts.Take(number + 1));
    }

    /// <summary>For sorting: what comes before the layers, such as the embedding, has -1.</summary>
    public static int Number(string layer) => TryNumber(layer[(layer.LastIndexOf('.') + 1)..], out var number) ? number : layer.Contains("embed", StringComparison.Ordinal) ? -1 : int.MaxValue;

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
