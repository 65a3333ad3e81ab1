using AdapterHub.Integration.Tests.Cli;

namespace AdapterHub.Integration.Tests.Launcher;

public sealed class LauncherTests : IDisposable
{
    private readonly CheckoutDouble _checkout = new();

    public void Dispose() => _checkout.Dispose();

    [Fact]
    public async Task FirstStart_BuildsAndHandsOver()
    {
        var result = await _checkout.StartAsync("train", "--data", "a file.txt");

        _checkout.Builds.ShouldBe(["src/AdapterHub.Cli"]);
        result.Output.ShouldBe($"[{_checkout.Root}][train][--data][a file.txt]");
        result.ExitCode.ShouldBe(7, "the program's exit code is the launcher's");
        result.Errors.ShouldContain("building");
    }

    [Fact]
    public async Task SecondStart_SaysNothingAndBuildsNothing()
    {
        await _checkout.StartAsync();
        var result = await _checkout.StartAsync("doctor");

        _checkout.Builds.Length.ShouldBe(1);
        result.Errors.ShouldBeEmpty();
        TestContext.Current.TestOutputHelper?.WriteLine($"The launcher took {result.Elapsed.TotalMilliseconds:F0} ms.");
    }

    [Fact]
    public async Task AnotherDirectoryAndASymbolicLink_KeepTheDirectory()
    {
        var elsewhere = Directory.CreateDirectory(_checkout.PathOf("else where")).FullName;
        var link = Path.Combine(elsewhere, "hub");
        File.CreateSymbolicLink(link, _checkout.PathOf("adapterhub"));

        (await _checkout.StartFromAsync(elsewhere, link, "x")).Output.ShouldBe($"[{elsewhere}][x]");
    }

    [Fact]
    public async Task FileWithAnOlderTime_IsAChange()
    {
        await _checkout.StartAsync();
        File.SetLastWriteTimeUtc(_checkout.PathOf("src/AdapterHub.Cli/Program.cs"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await _checkout.StartAsync();

        _checkout.Builds.Length.ShouldBe(2);
    }

    [Fact]
    public async Task RemovedFile_IsAChange()
    {
        _checkout.Write("src/AdapterHub.Cli/Verb.cs", "");
        await _checkout.StartAsync();
        File.Delete(_checkout.PathOf("src/AdapterHub.Cli/Verb.cs"));
        await _checkout.StartAsync();

        _checkout.Builds.Length.ShouldBe(2);
    }

    [Fact]
    public async Task BuildOutput_IsNoChange()
    {
        await _checkout.StartAsync();
        _checkout.Write("src/AdapterHub.Cli/obj/project.assets.json", "{}");
        await _checkout.StartAsync();

        _checkout.Builds.Length.ShouldBe(1);
    }

    [Fact]
    public async Task ConcurrentFirstStarts_BuildOnce()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => _checkout.StartAsync($"{i}")));

        _checkout.Builds.Length.ShouldBe(1);
        results.Select(result => result.Output).ShouldBe(Enumerable.Range(0, 4).Select(i => $"[{_checkout.Root}][{i}]"));
    }

    [Fact]
    public async Task BrokenSource_ShowsTheErrorAndBuildsAgainNextTime()
    {
        _checkout.Write("broken", "");
        var result = await _checkout.StartAsync("train");

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldBeEmpty();
        result.Errors.ShouldContain("error CS1002");

        File.Delete(_checkout.PathOf("broken"));
        (await _checkout.StartAsync()).ExitCode.ShouldBe(7);
    }

    [Fact]
    public async Task MissingTool_PrintsTheOneCommandAndBuildsNothing()
    {
        _checkout.RemoveTool("cmake");
        _checkout.RemoveTool("g++");
        var result = await _checkout.StartAsync("train");

        result.ExitCode.ShouldBe(1);
        result.Errors.ShouldContain("missing: cmake g++");
        result.Errors.ShouldContain("sudo apt-get update && sudo apt-get install -y --no-install-recommends cmake g++");
        _checkout.Builds.ShouldBeEmpty();
    }

    [Fact]
    public async Task MissingLibtorch_NamesDebiansPackages()
    {
        _checkout.Write("src/AdapterHub.Torch/native/build-shim", "#!/usr/bin/env bash\nexit 1\n");
        var result = await _checkout.StartAsync("train");

        result.ExitCode.ShouldBe(1);
        result.Errors.ShouldContain("libtorch-dev libopenblas0-pthread");
    }

    [Fact]
    public async Task OldSdkOnThePath_YieldsToTheOneInTheHomeFolder()
    {
        File.CreateSymbolicLink(Directory.CreateDirectory(_checkout.PathOf(".dotnet")).FullName + "/dotnet", _checkout.PathOf("tools/dotnet"));
        _checkout.Write("old-sdk-on-path", "");

        (await _checkout.StartAsync("x")).Output.ShouldContain("[x]");
        (await _checkout.StartAsync("y")).Output.ShouldContain("[y]");
        _checkout.Builds.Length.ShouldBe(1);
    }

    [Fact]
    public async Task MissingSdk_SaysWhereToGetIt()
    {
        _checkout.Write("no-sdk", "");
        var result = await _checkout.StartAsync("train");

        result.ExitCode.ShouldBe(1);
        result.Errors.ShouldContain("dotnet-install.sh");
        _checkout.Builds.ShouldBeEmpty();
    }

    /// <summary>The real thing: clone, build, start twice. Takes a minute or two.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task FreshClone_BuildsAndStarts()
    {
        var clone = _checkout.PathOf("clone");
        var environment = new Dictionary<string, string?> { ["ADAPTERHUB_OFFLINE"] = "1" };
        var git = await ShellProcess.RunAsync("git", Repository.Root, environment, "clone", "--quiet", Repository.Root, clone);
        Assert.SkipUnless(git.ExitCode == 0, $"The checkout cannot be cloned: {git.Errors}");

        var launcher = Path.Combine(clone, "adapterhub");
        var first = await ShellProcess.RunAsync(launcher, _checkout.Root, environment, "--help");
        var second = await ShellProcess.RunAsync(launcher, _checkout.Root, environment, "--help");

        first.ExitCode.ShouldBe(0, first.Errors);
        second.Errors.ShouldBeEmpty();
        second.Output.ShouldBe(first.Output);
        second.ExitCode.ShouldBe(0);

        var served = await ShellProcess.InterruptAsync(
            launcher, _checkout.Root, environment, "Ctrl-C ends it", ServedPage.ComesWithItsFilesAsync, "serve", "--urls", "http://127.0.0.1:0");
        served.ExitCode.ShouldBe(0, served.Errors);
        Directory.Exists(Path.Combine(clone, "data", "hub")).ShouldBeTrue("the hub's data lie in the clone, not in the current folder");

        var place = _checkout.PathOf("published");
        (await ShellProcess.RunAsync(launcher, _checkout.Root, environment, "publish", place)).ExitCode.ShouldBe(0);
        var published = await ShellProcess.InterruptAsync(Path.Combine(place, "adapterhub"), _checkout.Root, environment,
            "Ctrl-C ends it", ServedPage.ComesWithItsFilesAsync, "serve", "--urls", "http://127.0.0.1:0", "--data", _checkout.PathOf("hub"));
        published.ExitCode.ShouldBe(0, published.Errors);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"First start {first.Elapsed.TotalSeconds:F1} s, second {second.Elapsed.TotalMilliseconds:F0} ms.");
    }
}
