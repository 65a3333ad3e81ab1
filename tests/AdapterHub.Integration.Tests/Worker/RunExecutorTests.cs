using AdapterHub.Integration.Tests.Cli;
using AdapterHub.Protocol.Runs;
using AdapterHub.Worker;

namespace AdapterHub.Integration.Tests.Worker;

public sealed class RunExecutorTests(TinyBase tiny) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("executor-").FullName;
    private readonly List<RunEvent> _events = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Failure_IsReportedLastAndThrown()
    {
        var spec = new EvaluateSpec { Base = "tiny", Data = new TextSource { Files = [Path.Combine(_folder, "absent.txt")] } };

        var thrown = Should.Throw<Exception>(() => Execute(spec, CancellationToken.None));
        var failed = _events[^1].ShouldBeOfType<RunFailed>();
        failed.Message.ShouldBe(RunFault.Of(thrown).Message);
        failed.IsInput.ShouldBeTrue();
    }

    [Fact]
    public void SpecThatCannotBe_NamesTheSettingByItsPath()
    {
        var spec = new BlendSpec { Output = Path.Combine(_folder, "out"), Rank = 0, Adapters = [new WeightedAdapter("a")] };

        Should.Throw<RunInputException>(() => Execute(spec, CancellationToken.None)).Message.ShouldContain("rank must be at least 1; it is 0.");
        Directory.Exists(spec.Output).ShouldBeFalse();
    }

    [Fact]
    public void StopBeforeTheFirstFile_IsAnInterruption()
    {
        var file = Path.Combine(_folder, "text.txt");
        File.WriteAllText(file, TinyBase.Text);

        var last = Execute(new EvaluateSpec { Base = "tiny", Data = new TextSource { Files = [file] }, Device = "cpu" }, new CancellationToken(canceled: true));
        last.ShouldBeOfType<RunInterrupted>().Checkpoint.ShouldBeNull();
        _events[^1].ShouldBe(last);
    }

    [Fact]
    public void BlendMethods_AreThoseOfTheEngine()
    {
        BlendSpec.Methods.ShouldBe(Formats.Blending.BlendMethods.All);
        BlendSpec.PruningMethods.ShouldBe(BlendSpec.Methods.Where(name => Formats.Blending.BlendMethods.TryParse(name, out var method) && Formats.Blending.BlendMethods.Prunes(method)));
    }

    [Fact]
    public void Events_CarryNumbersAndTimes()
    {
        TinyBase.WriteAdapter(Path.Combine(_folder, "a"));
        Execute(new BlendSpec { Output = Path.Combine(_folder, "out"), Adapters = [new WeightedAdapter(Path.Combine(_folder, "a"), 0.5)] }, CancellationToken.None);

        _events.Select(happened => happened.Number).ShouldBe(Enumerable.Range(1, _events.Count).Select(number => (long)number));
        _events.ShouldAllBe(happened => happened.At == Clock.Now);
    }

    private RunEvent Execute(RunSpec spec, CancellationToken stop) => new RunExecutor(new BaseModels([tiny.Home]), new Clock()).Execute(spec, _events.Add, stop);

    private sealed class Clock : TimeProvider
    {
        public static DateTimeOffset Now { get; } = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
