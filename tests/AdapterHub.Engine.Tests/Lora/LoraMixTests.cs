using AdapterHub.Engine.Lora;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Tests.Blending;
using AdapterHub.Engine.Tests.Models;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Lora;

/// <summary>Several adapters at once on one base, in factored form, against their exact blend bound as one adapter.</summary>
public sealed class LoraMixTests
{
    private const string Base = "llama3-untied";
    private const double Tolerance = 1e-4;

    /// <summary>Ranks 3 to 6, rsLoRA, patterns, lora_bias, an embedding and the output head.</summary>
    private static readonly string[] Names = ["plain", "rslora", "patterns", "lora-bias", "embedding", "lm-head"];
    private static readonly float[] Weights = [0.7f, -0.4f, 0, -1.1f, 0.3f, 0.6f];

    [Fact]
    public void Mix_GivesTheLogitsOfTheExactBlend()
    {
        using var scope = new TensorScope();
        using var grad = Grad.Disable();
        using var model = CausalModel.Load(GoldenFiles.Path("models", Base), Device.Cpu, DType.Float32);
        var input = Input();
        var plain = model.Logits(input);
        var blend = Blended(model, input, Weights);
        using (LoraMixBinding.Bind(model, Adapters(), Same(Tensor.From<float>(Weights))))
            ModelParityTests.LargestDifference(model.Logits(input), blend).ShouldBeLessThan(Tolerance);
        ModelParityTests.LargestDifference(blend, plain).ShouldBeGreaterThan(0.1, "the adapters must change something");
        ModelParityTests.LargestDifference(model.Logits(input), plain).ShouldBe(0, "unbound, the base is itself again");
    }

    /// <summary>What a batch of rows with different blends needs: weights by row of the input.</summary>
    [Fact]
    public void WeightsByRow_GiveEachRowItsOwnBlend()
    {
        using var scope = new TensorScope();
        using var grad = Grad.Disable();
        using var model = CausalModel.Load(GoldenFiles.Path("models", Base), Device.Cpu, DType.Float32);
        var rows = GoldenFiles.Rows(GoldenFiles.Path("models", Base, "logits.safetensors"), "input_ids");
        float[][] byRow = [.. rows.Select((_, row) => Weights.Select((weight, place) => row == 0 ? weight : (place + row) % 3 - 1f).ToArray())];
        var expected = rows.Select((ids, row) => Blended(model, PackedInput.Of(ids, Device.Cpu), byRow[row])).ToList();
        var tokens = rows.SelectMany((ids, row) => ids.SelectMany(_ => byRow[row])).ToArray();
        using var binding = LoraMixBinding.Bind(model, Adapters(), Same(Tensor.From<float>(tokens, tokens.Length / Weights.Length, Weights.Length)));
        ModelParityTests.LargestDifference(model.Logits(PackedInput.Of(rows, Device.Cpu)), Tensor.Cat(expected)).ShouldBeLessThan(Tolerance);
    }

    [Fact]
    public void WeightsByModule_AreThoseOfTheirPath()
    {
        using var scope = new TensorScope();
        using var grad = Grad.Disable();
        using var model = CausalModel.Load(GoldenFiles.Path("models", Base), Device.Cpu, DType.Float32);
        var adapter = Adapters()[0];
        var (first, rest) = (new MixWeights(Tensor.From<float>([2f])), new MixWeights(Tensor.From<float>([0f])));
        var scaled = adapter with { Modules = [.. adapter.Modules.Select(module => module with { Alpha = module.Alpha * (module.Path.Contains("layers.0", StringComparison.Ordinal) ? 2 : 0) })] };
        Tensor expected;
        using (LoraBinding.Bind(model, scaled))
            expected = model.Logits(Input());
        using var binding = LoraMixBinding.Bind(model, [adapter], path => path.Contains("layers.0", StringComparison.Ordinal) ? first : rest);
        ModelParityTests.LargestDifference(model.Logits(Input()), expected).ShouldBeLessThan(Tolerance);
    }

    /// <summary>The gradient of the loss with respect to each weight, against central differences of the loss.</summary>
    [Fact]
    public void Gradient_IsTheSlopeOfTheLoss()
    {
        using var scope = new TensorScope();
        using var model = CausalModel.Load(GoldenFiles.Path("models", Base), Device.Cpu, DType.Float32);
        var input = Input();
        var labels = Tensor.From<long>([.. GoldenFiles.Rows(GoldenFiles.Path("models", Base, "logits.safetensors"), "input_ids").SelectMany(ids => ids.Skip(1).Append(ids[0])).Select(id => (long)id)]);
        var one = Tensor.From<float>([1f / labels.Count]);
        var leaf = Tensor.From<float>(Weights);
        leaf.RequiresGrad = true;
        var weights = new MixWeights(leaf);
        using var binding = LoraMixBinding.Bind(model, Adapters(), _ => weights);
        model.Backward(model.Loss(input, labels, one));
        var gradient = leaf.Grad!.ToArray<float>();

        const float step = 0.002f;
        for (var place = 0; place < Weights.Length; place++)
        {
            // Richardson's extrapolation: the losses of this model bend sharply. Rounding of losses of about 5 leaves two to three digits.
            var slope = (4 * Slope(place, step / 2) - Slope(place, step)) / 3;
            ((double)gradient[place]).ShouldBe(slope, 5e-3 * Math.Max(1, Math.Abs(slope)), Names[place]);
        }

        double Slope(int place, float change) => (Loss(place, change) - Loss(place, -change)) / (2 * change);

        double Loss(int place, float change)
        {
            using var grad = Grad.Disable();
            weights.Values = Tensor.From<float>([.. Weights.Select((weight, index) => index == place ? weight + change : weight)]);
            return model.Loss(input, labels, one).Item();
        }
    }

    [Fact]
    public void WhatHasNoFactoredForm_IsRefused()
    {
        using var scope = new TensorScope();
        using var model = CausalModel.Load(GoldenFiles.Path("models", Base), Device.Cpu, DType.Float32);
        foreach (var name in new[] { "dora", "saved-head" })
        {
            Should.Throw<AdapterFormatException>(() => LoraMixBinding.Bind(model, [Adapters()[0], PeftAdapterFolder.Read(GoldenFiles.Path("adapters", name))], Same(Tensor.From<float>([1f, 1f]))))
                .Message.ShouldContain("adapter 2");
            model.Linears.Values.ShouldAllBe(linear => linear.Delta == null);
        }
    }

    private static Func<string, MixWeights> Same(Tensor values)
    {
        var weights = new MixWeights(values);
        return _ => weights;
    }

    private static Tensor Blended(CausalModel model, PackedInput input, float[] weights)
    {
        using var binding = LoraBinding.Bind(model, Samples.Run([.. Adapters().Zip(weights, (adapter, weight) => (adapter, (double)weight))]).Adapter);
        return model.Logits(input);
    }

    private static LoraAdapter[] Adapters() => [.. Names.Select(name => PeftAdapterFolder.Read(GoldenFiles.Path("adapters", name)))];

    private static PackedInput Input() => PackedInput.Of(GoldenFiles.Rows(GoldenFiles.Path("models", Base, "logits.safetensors"), "input_ids"), Device.Cpu);
}
