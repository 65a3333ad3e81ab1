using System.Text.Json.Nodes;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Integration.Tests.Cli;

/// <summary>Weights learnt by the program, on the base and the adapters that the repository ships.</summary>
public sealed class LearnTests : IDisposable
{
    private static readonly string Seed = Path.Combine(Repository.Root, "data", "seed");
    private readonly CliProgram _program = new(Repository.Root);

    public void Dispose() => _program.Dispose();

    /// <summary>Scripture is what king-james was trained for, so its weight has to rise and the other's to fall.</summary>
    [Fact]
    public async Task Weights_LearntOnInkwell_BeatEqualWeightsOnHeldOutText()
    {
        var result = await _program.SucceedAsync([.. Arguments("king-james", "state-of-the-union"), "--out", "mix", "--json"]);
        var events = TrainVerbTests.Events(result.Output);
        var learned = events.OfType<WeightsLearned>().ShouldHaveSingleItem();
        learned.Adapters.ShouldBe(["king-james", "state-of-the-union"]);
        learned.Weights[0].ShouldBeGreaterThan(0.8);
        learned.Weights[1].ShouldBeLessThan(0.4);
        var losses = learned.HeldOut.ShouldNotBeNull();
        losses.Learned.ShouldBeLessThan(losses.Uniform - 0.1);
        losses.Learned.ShouldBeLessThan(losses.Base - 0.5);
        losses.Learned.ShouldBeLessThan(losses.Adapters[1] - 0.5);
        losses.Learned.ShouldBeLessThan(losses.Adapters[0] + 0.02, "king-james alone is nearly the best there is");
        events.OfType<WeightsStep>().Count().ShouldBe(15);
        TestContext.Current.TestOutputHelper?.WriteLine($"{learned.Seconds:F1} s for {learned.Tokens} tokens; losses {losses}");

        var recipe = JsonNode.Parse(await File.ReadAllTextAsync(_program.PathOf("mix/blend.json"), TestContext.Current.CancellationToken))!;
        recipe["parents"]![0]!["weight"]!.GetValue<double>().ShouldBe(learned.Weights[0]);
        recipe["learning"]!["steps"]!.GetValue<int>().ShouldBe(15);
        recipe["learning"]!["held_out_losses"]!["uniform"]!.GetValue<double>().ShouldBe(losses.Uniform, 1e-6);
        await _program.SucceedAsync("blend", "--out", "again", "--recipe", "mix");
        foreach (var file in new[] { "adapter_model.safetensors", "blend.json" })
        {
            (await File.ReadAllBytesAsync(_program.PathOf($"again/{file}"), TestContext.Current.CancellationToken))
                .ShouldBe(await File.ReadAllBytesAsync(_program.PathOf($"mix/{file}"), TestContext.Current.CancellationToken), file);
        }
    }

    [Theory]
    [InlineData("--base is needed", "a", "--learn", "x.txt")]
    [InlineData("--adapter must have no weights", "a=0.5", "--learn", "x.txt", "--base", "inkwell")]
    [InlineData("--method must be a weighted sum", "a", "--learn", "x.txt", "--base", "inkwell", "--method", "ties")]
    [InlineData("--learn-steps must be at least 1", "a", "--learn", "x.txt", "--base", "inkwell", "--learn-steps", "0")]
    public async Task WrongSettings_AreRefused(string message, params string[] arguments) =>
        (await _program.BeRefusedAsync(["blend", "--out", "mix", .. arguments])).ShouldContain(message);

    private static string[] Arguments(params string[] adapters) =>
    [
        "blend", "--base", "inkwell", "--device", "cpu", "--learn-steps", "15", "--learn-batch", "2", "--learn-seq", "128",
        .. adapters.Select(adapter => Path.Combine(Seed, "adapters", adapter)), "--learn", Path.Combine(Seed, "datasets", "king-james-wisdom", "text.txt"),
    ];
}
