using AdapterHub.Cli.Output;
using AdapterHub.Formats;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Cli.Inspection;

/// <summary>Which of an adapter's tensors belong to a base model.</summary>
/// <param name="Base">The base's folder.</param>
/// <param name="Bound">Modules that fit.</param>
/// <param name="Linears">Matrices of the base.</param>
/// <param name="Misfits">What does not fit, and why.</param>
internal sealed record BaseFit(string Base, int Bound, int Linears, IReadOnlyList<string> Misfits)
{
    public static BaseFit Of(string folder, LoraAdapter adapter)
    {
        using var weights = SafetensorsCheckpoint.Open(folder);
        var shapes = weights.Tensors.ToDictionary(entry => entry.Key, entry => entry.Value.Tensor.Shape, StringComparer.Ordinal);
        var misfits = new List<FormatFinding>();
        foreach (var module in adapter.Modules)
        {
            if (!shapes.TryGetValue($"{module.Path}.weight", out var shape))
                misfits.Add(new FormatFinding(module.Path, "is no module of the base model"));
            else if (Sizes(module) is var (inputs, outputs) && (shape.Length != 2 || shape[1] != inputs || shape[0] != outputs))
                misfits.Add(new FormatFinding(module.Path, "has another shape in the base model", $"[{string.Join(", ", shape)}]", $"[{outputs}, {inputs}]"));
        }

        foreach (var (name, tensor) in adapter.SavedModules)
            if (shapes.TryGetValue(name, out var shape) && !shape.AsSpan().SequenceEqual(tensor.Shape.AsSpan()))
                misfits.Add(new FormatFinding(name, "has another shape in the base model", $"[{string.Join(", ", shape)}]", $"[{string.Join(", ", tensor.Shape)}]"));
        var linears = shapes.Count(entry => entry.Value.Length == 2 && entry.Key.EndsWith(".weight", StringComparison.Ordinal) && !entry.Key.Contains("embed", StringComparison.Ordinal));
        return new BaseFit(folder, adapter.Modules.Count - misfits.Count(misfit => adapter.Modules.Any(module => module.Path == misfit.Tensor)), linears,
            [.. misfits.Select(misfit => misfit.ToString())]);
    }

    public void Show(Terminal terminal)
    {
        terminal.Out.WriteLine($"coverage: {Bound} modules fit {Base}, which has {Linears} linear layers"
            + (Misfits.Count > 0 ? $"; {Misfits.Count} tensors do not fit:" : "; everything fits."));
        foreach (var misfit in Misfits)
            terminal.Out.WriteLine($"  {misfit}");
    }

    /// <summary>What the module's weight has to be: a linear is (out, in); an embedding (vocabulary, width) takes A's columns and gives B's rows.</summary>
    private static (long Inputs, long Outputs) Sizes(LoraModule module) => module.Kind == LoraModuleKind.Embedding || module.FanInFanOut
        ? (module.B.Shape[0], module.A.Shape[1])
        : (module.A.Shape[1], module.B.Shape[0]);
}
