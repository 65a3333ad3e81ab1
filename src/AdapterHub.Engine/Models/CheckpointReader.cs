using AdapterHub.Formats;
using AdapterHub.Formats.Safetensors;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Models;

/// <summary>Fetches a model's weights from safetensors files by memory map, straight to the device.</summary>
internal static class CheckpointReader
{
    /// <summary>Every weight of the configuration, in <paramref name="type"/> on <paramref name="device"/>.</summary>
    /// <exception cref="AdapterFormatException">Lists every tensor that is missing, unexpected, of a wrong shape or type.</exception>
    internal static Dictionary<string, Tensor> Read(string directory, ModelConfig config, Device device, DType type)
    {
        using var checkpoint = SafetensorsCheckpoint.Open(directory);
        var found = Match(directory, config, checkpoint);
        var maps = new Dictionary<string, MappedFile>(StringComparer.Ordinal);
        var weights = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        try
        {
            foreach (var (name, (file, tensor)) in found)
            {
                if (!maps.TryGetValue(file.Path, out var map))
                    maps[file.Path] = map = MappedFile.Open(file.Path);
                TensorTypes.TryToTorch(tensor.Dtype, out var stored);
                var mapped = map.Tensor(tensor.FileOffset, tensor.ByteLength, stored, tensor.Shape.AsSpan());
                var weight = mapped.To(device, type);
                weights[name] = TensorScope.Detach(weight);
                mapped.Dispose(); // where nothing had to be converted the weight shares the mapped pages
            }

            return weights;
        }
        catch
        {
            foreach (var weight in weights.Values)
                weight.Dispose();
            throw;
        }
        finally
        {
            foreach (var map in maps.Values)
                map.Dispose();
        }
    }

    private static Dictionary<string, (SafetensorsFile File, SafetensorsTensor Tensor)> Match(string directory, ModelConfig config, SafetensorsCheckpoint checkpoint)
    {
        var architecture = Architecture.Find(config.ModelType)!;
        var expected = WeightNames.Expected(config).ToDictionary(weight => weight.Name, weight => weight.Shape, StringComparer.Ordinal);
        var found = new Dictionary<string, (SafetensorsFile, SafetensorsTensor)>(StringComparer.Ordinal);
        var findings = new List<FormatFinding>();
        foreach (var (stored, place) in checkpoint.Tensors)
        {
            if (architecture.Sanitize(stored, config) is not { } name)
                continue;
            if (!expected.TryGetValue(name, out var shape))
                findings.Add(new FormatFinding(stored, "is no weight of this configuration"));
            else if (!place.Tensor.Shape.AsSpan().SequenceEqual(shape))
                findings.Add(new FormatFinding(stored, "has the wrong shape", Text(shape), Text(place.Tensor.Shape)));
            else if (!TensorTypes.TryToTorch(place.Tensor.Dtype, out var type) || !type.IsFloatingPoint())
                findings.Add(new FormatFinding(stored, "has a type that weights cannot have here", "F32, F16, BF16 or F64", place.Tensor.Dtype.FileName()));
            else
                found[name] = place;
        }

        findings.AddRange(expected.Keys.Where(name => !found.ContainsKey(name) && !findings.Any(finding => finding.Tensor == name))
            .Select(name => new FormatFinding(name, "is missing", Text(expected[name]))));
        return findings.Count == 0 ? found : throw new AdapterFormatException(directory, findings);
    }

    private static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
