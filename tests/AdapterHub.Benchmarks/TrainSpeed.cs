using System.Diagnostics;
using AdapterHub.Engine.Lora;
using AdapterHub.Engine.Models;
using AdapterHub.Formats.Peft;
using AdapterHub.Torch;
using AdapterHub.Torch.Ops;

namespace AdapterHub.Benchmarks;

/// <summary>Tokens a second of LoRA training (r 16, all linears) and of greedy generation, on random weights.</summary>
internal static class TrainSpeed
{
    internal static double TrainOnCpu(string shape, int batch, int sequence, int steps)
    {
        using var model = Frozen(shape, Device.Cpu, DType.Float32);
        using var binding = LoraBinding.Inject(model, new PeftConfig { Rank = 16, LoraAlpha = 32, TargetModules = ModuleSelection.AllLinear }, seed: 1);
        var parameters = binding.Parameters.Select(parameter => parameter.Value).ToArray();
        var (first, second) = (parameters.Select(p => p.ZerosLike()).ToArray(), parameters.Select(p => p.ZerosLike()).ToArray());
        var watch = new Stopwatch();
        for (var step = 1; step <= steps + 2; step++)
        {
            if (step == 3)
                watch.Start();
            using var scope = new TensorScope();
            var (input, labels) = RandomBatch(model.Config, batch, sequence, Device.Cpu);
            model.Backward(model.Loss(input, labels, Tensor.Full([1], 1.0 / (batch * sequence))));
            Fused.AdamW(parameters, [.. parameters.Select(p => p.Grad!)], first, second, 1e-3, 0.9, 0.999, 1e-8, 0, step, 1);
            foreach (var parameter in parameters)
                parameter.Grad = null;
        }

        return steps * batch * sequence / watch.Elapsed.TotalSeconds;
    }

    internal static double Generate(string shape, Device device, DType type, int tokens, int rows = 1)
    {
        using var model = Frozen(shape, device, type);
        using var binding = LoraBinding.Inject(model, new PeftConfig { Rank = 16, LoraAlpha = 32, TargetModules = ModuleSelection.AllLinear }, seed: 1);
        using var inference = Grad.Inference();
        using var cache = new KvCache(model.Config, rows, 512, device, type);
        var next = Step(model, cache, [.. Enumerable.Range(1, 16 * rows)]);
        for (var i = 0; i < 7; i++)
            next = Step(model, cache, next);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < tokens; i++)
            next = Step(model, cache, next);
        return rows * tokens / watch.Elapsed.TotalSeconds;
    }

    private static int[] Step(CausalModel model, KvCache cache, int[] ids)
    {
        using var scope = new TensorScope();
        return Array.ConvertAll(model.Continue(cache, ids).Argmax(-1).ToArray<long>(), id => (int)id);
    }

    /// <summary>Random weights made on the device itself: drawing a billion of them on the host would take longer than the benchmark.</summary>
    internal static CausalModel Frozen(string shape, Device device, DType type)
    {
        var config = SpeedShapes.Get(shape);
        TorchRandom.Seed(1);
        var weights = WeightNames.Expected(config).ToDictionary(
            weight => weight.Name,
            weight => weight.Shape.Length == 1 ? Tensor.Ones(weight.Shape, type, device) : Tensor.Empty(weight.Shape, type, device).Normal_(0, 0.02),
            StringComparer.Ordinal);
        return CausalModel.FromWeights(config, weights, device, type);
    }

    internal static (PackedInput Input, Tensor Labels) RandomBatch(ModelConfig config, int batch, int sequence, Device device)
    {
        var ids = Tensor.RandInt(0, config.VocabularySize, [batch * sequence], device);
        var positions = Tensor.Arange(0, sequence, device: device).Expand(batch, sequence).Reshape(batch * sequence);
        var bounds = Tensor.From<int>(Enumerable.Range(0, batch + 1).Select(row => row * sequence).ToArray()).To(device);
        return (new PackedInput(ids, positions, bounds, sequence), Tensor.RandInt(0, config.VocabularySize, [batch * sequence], device));
    }
}
