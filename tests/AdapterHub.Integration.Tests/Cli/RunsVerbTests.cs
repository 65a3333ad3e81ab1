using System.Globalization;
using System.Text.Json;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Runs;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Integration.Tests.Inference;

namespace AdapterHub.Integration.Tests.Cli;

/// <summary>Sweeps and forecasts by the program as it is started, at a real hub with the seed model and an engine. Ann forecasts, Ben sweeps.</summary>
public sealed class RunsVerbTests(LaneHub lanes) : IClassFixture<LaneHub>, IDisposable
{
    private const string Data = "adapterhub/devils-dictionary-dataset:train.jsonl";
    private readonly CliProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Forecast_TellsTextStepsAndWarnings_AndStartsNothing()
    {
        await SignInAsync(lanes.Ann);
        var estimated = await _program.SucceedAsync("runs", "forecast", "--base", "inkwell", "--data", Data, "--target", "ann/devil", "--steps", "40", "--batch", "4", "--seq", "256");

        estimated.Output.ShouldContain("tokens (estimated from bytes)");
        estimated.Output.ShouldContain("steps   40 of 4 x 256 tokens");
        estimated.Output.ShouldContain("worker  none is here: it waits");
        estimated.Output.ShouldNotContain("cost", Case.Insensitive, "nobody said what a worker costs");

        var counted = await _program.SucceedAsync("runs", "forecast", "--base", "inkwell", "--data", Data, "--target", "ann/devil", "--steps", "40", "--count", "--json");
        var forecast = JsonDocument.Parse(counted.Output).RootElement;
        (forecast.GetProperty("tokensFrom").GetString(), forecast.GetProperty("steps").GetInt32()).ShouldBe(("counted", 40));
        forecast.GetProperty("tokens").GetInt64().ShouldBeGreaterThan(10_000);
        forecast.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!).ShouldContain(warning => warning.Contains("longer than a row", StringComparison.Ordinal));
        (await lanes.Hub.Get<RunReader>().ListAsync(lanes.Ann, new RunQuery(), RunningHub.Cancel)).Total.ShouldBe(0);
    }

    [Fact]
    public async Task Sweep_StartsEveryCombinationOnce()
    {
        await SignInAsync(lanes.Ben);
        _program.Write("own.txt", string.Join('\n', Enumerable.Repeat("The lamp was lit before the river rose.", 50)));
        string[] asked = ["runs", "sweep", "--base", "inkwell", "--data", "own.txt", "--target", "ben/tried", "--steps", "5", "--try", "rank=4,8", "--try", "targets=all-linear,q_proj+v_proj", "--key", "once"];
        var started = await _program.SucceedAsync(asked);

        started.Output.ShouldContain("\"tried\" has 4 runs");
        started.Output.ShouldContain("rank 4, targets all-linear");
        started.Output.ShouldContain("rank 8, targets q_proj+v_proj");
        started.Output.ShouldContain("ben/tried-4");

        var again = JsonDocument.Parse((await _program.SucceedAsync([.. asked, "--json"])).Output).RootElement;
        started.Output.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"sweep {again.GetProperty("id").GetInt64()} "), Case.Sensitive, "the same key, the same sweep");
        again.GetProperty("runs").EnumerateArray().Select(one => one.GetProperty("run").GetProperty("state").GetString()).ShouldBe(["queued", "queued", "queued", "queued"]);
        (await _program.SucceedAsync("runs", "sweeps")).Output.ShouldContain("tried");
        (await _program.SucceedAsync("runs", "list")).Output.Split('\n').Count(line => line.Contains("tried: rank", StringComparison.Ordinal)).ShouldBe(4);
    }

    [Theory]
    [InlineData("--try SETTING=A,B at least once")]
    [InlineData("write a setting and its values", "--try", "rank")]
    [InlineData("write a setting and its values", "--try", "=4,8")]
    [InlineData("given twice", "--try", "rank=4", "--try", "rank=8")]
    [InlineData("at least two runs", "--try", "rank=4")]
    [InlineData("lora.rank must be at least 1", "--try", "rank=4,0")]
    [InlineData("colour.of.hair is no setting", "--try", "colour.of.hair=1,2")]
    [InlineData("same run", "--try", "rate=1e-3,0.001")]
    public async Task SweepThatCannotBe_IsRefusedInWords(string words, params string[] tries)
    {
        await SignInAsync(lanes.Ben);

        (await _program.BeRefusedAsync(["runs", "sweep", "--base", "inkwell", "--data", Data, "--target", "ben/none", .. tries])).ShouldContain(words);

        (await lanes.Hub.Get<RunReader>().ListAsync(lanes.Ben, new RunQuery { Text = "ben/none" }, RunningHub.Cancel)).Total.ShouldBe(0);
    }

    [Theory]
    [InlineData("needs --base and --target", "--data", Data)]
    [InlineData("needs --data", "--base", "inkwell", "--target", "ann/devil")]
    [InlineData("There is no base model nothing", "--base", "nothing", "--target", "ann/devil", "--data", Data)]
    [InlineData("has no file test.csv", "--base", "inkwell", "--target", "ann/devil", "--data", "adapterhub/devils-dictionary-dataset:test.csv")]
    [InlineData("--rank must be at least 1", "--base", "inkwell", "--target", "ann/devil", "--data", Data, "--rank", "0")]
    public async Task ForecastOfWhatCannotBe_IsRefusedInWords(string words, params string[] flags)
    {
        await SignInAsync(lanes.Ann);

        (await _program.BeRefusedAsync(["runs", "forecast", .. flags])).ShouldContain(words);
    }

    [Fact]
    public async Task Nobody_MaySweep()
    {
        _program.Environment["ADAPTERHUB_HUB"] = Address;

        (await _program.BeRefusedAsync("runs", "sweep", "--base", "inkwell", "--data", Data, "--target", "ben/none", "--try", "rank=4,8")).ShouldContain("Sign in");
    }

    private string Address => lanes.Hub.Address.GetLeftPart(UriPartial.Authority);

    private async Task SignInAsync(Actor actor)
    {
        _program.Environment["ADAPTERHUB_HUB"] = Address;
        _program.Environment["ADAPTERHUB_TOKEN"] = await lanes.Hub.AddTokenAsync(actor, ActorScope.Write);
    }
}
