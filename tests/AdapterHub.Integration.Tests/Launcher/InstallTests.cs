namespace AdapterHub.Integration.Tests.Launcher;

public sealed class InstallTests : IDisposable
{
    private const string WillingSudo = "#!/usr/bin/env bash\nshift\necho sudo >>\"$CHECKOUT/installs\"\nexec \"$@\"\n";
    private const string AskingSudo = "#!/usr/bin/env bash\necho 'sudo: a password is required' >&2\nexit 1\n";
    private readonly CheckoutDouble _checkout = new() { Offline = false };

    public void Dispose() => _checkout.Dispose();

    [Fact]
    public async Task Root_InstallsWhatIsMissingAndBuilds()
    {
        _checkout.BecomeUser(0);
        _checkout.RemoveTool("cmake");
        _checkout.RemoveTool("g++");
        var result = await _checkout.StartAsync("train");

        _checkout.Installs[^1].ShouldEndWith("install --no-install-recommends cmake g++");
        result.Errors.ShouldContain("installing cmake g++");
        result.Output.ShouldBe($"[{_checkout.Root}][train]", "what apt-get prints goes to its log");
        _checkout.Builds.Length.ShouldBe(1);
    }

    [Fact]
    public async Task SudoWithoutPassword_IsUsed()
    {
        _checkout.BecomeUser(1000, WillingSudo);
        _checkout.RemoveTool("make");
        await _checkout.StartAsync();

        _checkout.Installs.ShouldContain("sudo");
        _checkout.Builds.Length.ShouldBe(1);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(AskingSudo)]
    public async Task UserWithoutRights_IsToldTheCommand(string? sudo)
    {
        _checkout.BecomeUser(1000, sudo);
        _checkout.RemoveTool("cmake");
        var result = await _checkout.StartAsync();

        result.ExitCode.ShouldBe(1);
        result.Errors.ShouldContain("sudo apt-get update && sudo apt-get install -y --no-install-recommends cmake");
        _checkout.Installs.ShouldBeEmpty();
        _checkout.Builds.ShouldBeEmpty();
    }

    [Fact]
    public async Task RefusingAptGet_IsShown()
    {
        _checkout.BecomeUser(0);
        _checkout.RemoveTool("cmake");
        _checkout.Write("refuse", "");
        var result = await _checkout.StartAsync();

        result.ExitCode.ShouldBe(1);
        result.Errors.ShouldContain("E: Unable to locate package");
        result.Errors.ShouldContain("missing: cmake");
        _checkout.Installs.ShouldContain(line => line.EndsWith("update", StringComparison.Ordinal), "stale lists are the usual reason");
    }

    [Fact]
    public async Task BrowserTests_InstallChromiumForTestsOnly()
    {
        _checkout.BecomeUser(0);
        _checkout.AddSuite("AdapterHub.Browser.Tests", 0, "Test run summary: Passed!\n  total: 1\n  succeeded: 1\n");
        await _checkout.StartAsync("train");
        _checkout.Installs.ShouldBeEmpty();

        await _checkout.StartAsync("test");
        _checkout.Installs[^1].ShouldEndWith("install --no-install-recommends chromium");

        var before = _checkout.Installs.Length;
        await _checkout.StartAsync("test");
        _checkout.Installs.Length.ShouldBe(before, "it is there now");
    }

    [Fact]
    public async Task ChromiumThatCannotBeInstalled_IsSaidAndTheTestsRun()
    {
        _checkout.BecomeUser(1000);
        _checkout.AddSuite("AdapterHub.Browser.Tests", 0, "Test run summary: Passed!\n  total: 1\n  succeeded: 0\n  skipped: 1\n");
        _checkout.AddSuite("AdapterHub.Tests", 0, "Test run summary: Passed!\n  total: 1\n  succeeded: 1\n");
        var result = await _checkout.StartAsync("test");

        result.ExitCode.ShouldBe(0);
        result.Errors.ShouldContain("install -y --no-install-recommends chromium");
        result.Output.ShouldEndWith("1 passed, 0 failed, 1 skipped\n");
    }

    [Fact]
    public async Task NothingMissing_InstallsNothing()
    {
        _checkout.BecomeUser(0);
        await _checkout.StartAsync();

        _checkout.Installs.ShouldBeEmpty();
    }
}
