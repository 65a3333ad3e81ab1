namespace AdapterHub.Protocol.Runs;

/// <summary>Which training runs can share one copy of their base and one pass over it.</summary>
public static class JointRules
{
    /// <summary>
    /// Both train on the same base, in the same type, with rows of one length, as many passes a step and one dropout, and neither adapts embeddings or the
    /// output head or has a bias. Rank, alpha, targets, data, seed, rows a pass, steps and rates may differ.
    /// </summary>
    public static bool CanShare(TrainSpec one, TrainSpec other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return IsShareable(one) && IsShareable(other) && one.Base == other.Base && one.Device == other.Device && one.Loop.DType == other.Loop.DType
            && one.Loop.SequenceLength == other.Loop.SequenceLength && one.Loop.Accumulate == other.Loop.Accumulate && one.Lora.Dropout.Equals(other.Lora.Dropout);
    }

    /// <summary>Whether it can share a pass at all.</summary>
    public static bool IsShareable(TrainSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return !spec.Lora.Bias && spec.Lora.Targets.All(target => !LoraSettings.IsPattern(target) && !target.Contains("embed", StringComparison.Ordinal) && !target.Contains("lm_head", StringComparison.Ordinal));
    }
}
