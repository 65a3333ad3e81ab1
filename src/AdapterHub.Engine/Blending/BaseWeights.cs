using System.Security.Cryptography;
using System.Text;
using AdapterHub.Formats;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Engine.Blending;

/// <summary>Weights of a base model, read one at a time from its safetensors files.</summary>
public sealed class BaseWeights : IDisposable
{
    private const string Prefix = "model.";
    private readonly SafetensorsCheckpoint _checkpoint;

    private BaseWeights(SafetensorsCheckpoint checkpoint) => _checkpoint = checkpoint;

    /// <param name="folder">A Hugging Face model folder, or one of its weight files.</param>
    /// <exception cref="AdapterFormatException">There are no weights, or they are broken.</exception>
    public static BaseWeights Open(string folder) => new(SafetensorsCheckpoint.Open(folder));

    public void Dispose() => _checkpoint.Dispose();

    /// <summary>W_0 (out, in) of the layer that a module changes; one that is stored as (in, out) is turned.</summary>
    /// <exception cref="AdapterFormatException">The base has no such weight, or one of another shape.</exception>
    internal float[] Read(LoraModule module)
    {
        if (Problem(module) is { } problem)
            throw new AdapterFormatException(_checkpoint.Path, [problem]);
        var (file, tensor) = Find(module.Path)!.Value;
        var values = new AdapterTensor(tensor.Dtype, [.. tensor.Shape], file.Read(tensor)).ToSingles();
        return module.FanInFanOut ? Turn(values, (int)tensor.Shape[0], (int)tensor.Shape[1]) : values;
    }

    /// <summary>Why a module does not fit this base; null where it does.</summary>
    internal FormatFinding? Problem(LoraModule module)
    {
        if (Find(module.Path) is not var (_, tensor))
            return new FormatFinding(module.Path, "the base model has no weight of that layer");
        var shape = LayerShape.Of(module);
        var expected = module.FanInFanOut ? $"[{shape.Inputs}, {shape.Outputs}]" : $"[{shape.Outputs}, {shape.Inputs}]";
        var found = $"[{string.Join(", ", tensor.Shape)}]";
        return expected == found ? null : new FormatFinding(module.Path, "the base model's weight has another shape", expected, found);
    }

    /// <summary>sha256 over names and bytes of these layers' weights.</summary>
    internal string Digest(IEnumerable<string> paths)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in paths.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (Find(path) is not var (file, tensor))
                continue;
            hash.AppendData(Encoding.UTF8.GetBytes($"{path} {tensor.Dtype.FileName()} {string.Join('x', tensor.Shape)}\n"));
            hash.AppendData(file.Read(tensor));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Checkpoints of the bare model, without its head, leave "model." away.</summary>
    private (SafetensorsFile File, SafetensorsTensor Tensor)? Find(string path)
    {
        if (_checkpoint.Tensors.TryGetValue($"{path}.weight", out var found))
            return found;
        return path.StartsWith(Prefix, StringComparison.Ordinal) && _checkpoint.Tensors.TryGetValue($"{path[Prefix.Length..]}.weight", out found) ? found : null;
    }

    private static float[] Turn(float[] matrix, int rows, int columns)
    {
        var turned = new float[matrix.Length];
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++)
                turned[c * rows + r] = matrix[r * columns + c];
        }

        return turned;
    }
}
