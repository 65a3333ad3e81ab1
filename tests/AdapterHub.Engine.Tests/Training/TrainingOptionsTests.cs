using AdapterHub.Engine.Training;

namespace AdapterHub.Engine.Tests.Training;

public sealed class TrainingOptionsTests
{
    [Theory]
    [InlineData(320, 1e-3)]
    [InlineData(2048, 4.9e-4)]
    [InlineData(4096, 2.9e-4)]
    [InlineData(16384, 2e-4)]
    public void ForAdapter_WiderModels_GetLowerRates(int hiddenSize, double rate) =>
        TrainingDefaults.ForAdapter(hiddenSize).LearningRate.ShouldBe(rate);

    [Theory]
    [InlineData(320, 1.4e-3)]
    [InlineData(768, 6e-4)]
    [InlineData(2048, 2.2e-4)]
    public void ForPretraining_FollowsTheTableOfGpt3(int hiddenSize, double rate) =>
        TrainingDefaults.ForPretraining(hiddenSize).LearningRate.ShouldBe(rate);

    [Theory]
    [InlineData(3, 1, 30)]
    [InlineData(3, 4, 8)]
    [InlineData(0.01, 1, 1)]
    public void ResolveSteps_WithoutSteps_CountsEpochs(double epochs, int accumulation, int steps) =>
        new TrainingOptions { LearningRate = 1, Epochs = epochs, Accumulation = accumulation }.ResolveSteps(batchesPerEpoch: 10).ShouldBe(steps);

    [Fact]
    public void Defaults_AreValid()
    {
        TrainingDefaults.ForAdapter(320).Validate();
        TrainingDefaults.ForPretraining(320).Validate();
    }
}
