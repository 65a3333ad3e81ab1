namespace AdapterHub.Engine.Training;

/// <summary>Settings that work without tuning.</summary>
public static class TrainingDefaults
{
    /// <summary>
    /// For an adapter. The rate follows "LoRA Without Regret" (Thinking Machines 2025): about ten times that of full fine-tuning, for Llama models
    /// 5e-4 (2000 / width)^0.781 at alpha 32 with scale alpha / r, which makes it independent of the rank; held between 2e-4 and 1e-3, the range in which
    /// short runs of small models stay stable. No weight decay: it pulls B A to zero, not to the base. Batches are small because LoRA loses more than full
    /// fine-tuning does when they grow.
    /// </summary>
    /// <param name="hiddenSize">Width of the base model.</param>
    public static TrainingOptions ForAdapter(int hiddenSize) => new()
    {
        LearningRate = Round(Math.Clamp(5e-4 * Math.Pow(2000.0 / hiddenSize, 0.781), 2e-4, 1e-3)),
    };

    /// <summary>
    /// For a whole model from random weights. The rate falls with the width as in GPT-3's table 2.1 (Brown et al. 2020: 6e-4 at 768, 2e-4 at 2048); decay 0.1
    /// and beta2 0.95 are from there too.
    /// </summary>
    /// <param name="hiddenSize">Width of the model.</param>
    public static TrainingOptions ForPretraining(int hiddenSize) => new()
    {
        LearningRate = Round(Math.Clamp(0.46 / hiddenSize, 1e-4, 2e-3)),
        WeightDecay = 0.1,
        Beta2 = 0.95,
        BatchSize = 32,
        Epochs = 1,
    };

    /// <summary>Two significant digits: a default that a person can read and type.</summary>
    private static double Round(double rate)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(rate)) - 1);
        return Math.Round(Math.Round(rate / unit) * unit, 12);
    }
}
