using AdapterHub.Protocol.Runs;

namespace AdapterHub.Tests.Protocol;

public sealed class JointRulesTests
{
    private static readonly TrainSpec Train = new() { Base = "inkwell", Output = "out", Data = new TextSource { Files = ["a.txt"] } };

    public static TheoryData<TrainSpec, bool> Others => new()
    {
        { Train, true },
        { Train with { Data = new TextSource { Files = ["b.txt"] } }, true },
        { Train with { Lora = new LoraSettings { Rank = 64, Alpha = 1, Targets = ["q_proj"], RankStabilised = true } }, true },
        { Train with { Loop = new LoopSettings { Steps = 9, BatchSize = 3, LearningRate = 1, Seed = 8, Schedule = "linear" } }, true },
        { Train with { Base = "other" }, false },
        { Train with { Device = "cpu" }, false },
        { Train with { Loop = new LoopSettings { SequenceLength = 64 } }, false },
        { Train with { Loop = new LoopSettings { Accumulate = 2 } }, false },
        { Train with { Loop = new LoopSettings { DType = "bf16" } }, false },
        { Train with { Lora = new LoraSettings { Dropout = 0.1 } }, false },
        { Train with { Lora = new LoraSettings { Bias = true } }, false },
        { Train with { Lora = new LoraSettings { Targets = ["embed_tokens"] } }, false },
        { Train with { Lora = new LoraSettings { Targets = ["lm_head"] } }, false },
        { Train with { Lora = new LoraSettings { Targets = [".*proj"] } }, false },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void CanShare_WhatTheEngineTrainsTogether(TrainSpec other, bool expected)
    {
        JointRules.CanShare(Train, other).ShouldBe(expected);
        JointRules.CanShare(other, Train).ShouldBe(expected);
    }
}
