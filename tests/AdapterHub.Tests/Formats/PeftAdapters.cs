using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Tests.Formats;

/// <summary>Adapters and adapter folders for tests.</summary>
internal static class PeftAdapters
{
    /// <summary>Values that are all different, so that a swap or a transposition is seen.</summary>
    public static AdapterTensor Tensor(params long[] shape)
    {
        var values = Enumerable.Range(1, (int)shape.Aggregate(1L, (product, size) => product * size)).Select(i => i * 0.25f).ToArray();
        return AdapterTensor.FromSingles(values, [.. shape]);
    }

    public static LoraModule Linear(string path, int rank, double alpha = 8, int inputs = 6, int outputs = 5) =>
        new() { Path = path, A = Tensor(rank, inputs), B = Tensor(outputs, rank), Rank = rank, Alpha = alpha };

    public static void WriteFolder(TemporaryFolder folder, string config, params (string Key, AdapterTensor Tensor)[] tensors)
    {
        folder.Write(PeftConfig.FileName, config);
        SafetensorsWriter.Write(
            folder[PeftAdapterFolder.TensorFileName],
            new Dictionary<string, string> { ["format"] = "pt" },
            [.. tensors.Select(tensor => SafetensorsSource.FromTensor(tensor.Key, tensor.Tensor))]);
    }
}
