namespace AdapterHub.Integration.Tests.Launcher;

public sealed class NodeClientInstallTests : IDisposable
{
    private readonly CheckoutDouble _checkout = new() { Offline = false };

    public NodeClientInstallTests()
    {
        _checkout.BecomeUser(1000);
        _checkout.AddSuite("One.Tests", 0, "Test run summary: Passed!\n  total: 1\n  succeeded: 1\n");
    }

    public void Dispose() => _checkout.Dispose();

    [Fact]
    public async Task Package_IsInstalledForTestsOnlyAndOnceForEachLock()
    {
        _checkout.AddNodeClient("one");
        await _checkout.StartAsync("train");
        _checkout.Installs.ShouldBeEmpty();

        (await _checkout.StartAsync("test")).ExitCode.ShouldBe(0);
        _checkout.Installs.ShouldHaveSingleItem().ShouldStartWith($"{_checkout.PathOf("artifacts/signalr")} npm ci --ignore-scripts");
        _checkout.Installs[0].ShouldContain($"--cache {_checkout.PathOf("artifacts/launcher/npm")}");
        File.ReadAllText(_checkout.PathOf("artifacts/signalr/package-lock.json")).ShouldBe("one");
        (await _checkout.StartAsync("test")).Errors.ShouldNotContain("npm");
        _checkout.Installs.Length.ShouldBe(1);

        _checkout.AddNodeClient("two");
        await _checkout.StartAsync("test");
        _checkout.Installs.Length.ShouldBe(2);
    }

    [Fact]
    public async Task RegistryOutOfReach_IsSaidAndTheTestsRun()
    {
        _checkout.AddNodeClient("one");
        _checkout.Write("no-registry", "");
        var result = await _checkout.StartAsync("test");

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldEndWith("1 passed, 0 failed\n");
        result.Errors.ShouldContain("npm error code ENOTFOUND");
        result.Errors.ShouldContain("the tests with it are skipped");

        File.Delete(_checkout.PathOf("no-registry"));
        (await _checkout.StartAsync("test")).Errors.ShouldNotContain("skipped");
    }

    [Fact]
    public async Task Offline_NothingIsFetched()
    {
        _checkout.Offline = true;
        _checkout.AddNodeClient("one");
        var result = await _checkout.StartAsync("test");

        result.ExitCode.ShouldBe(0);
        _checkout.Installs.ShouldBeEmpty();
        result.Errors.ShouldContain("the tests with it are skipped");
    }

    [Fact]
    public async Task MissingNode_IsInstalledByRootAndOtherwiseSaid()
    {
        _checkout.AddNodeClient("one", hasNpm: false);
        (await _checkout.StartAsync("test")).Errors.ShouldContain("the tests with it are skipped");
        _checkout.Installs.ShouldBeEmpty();

        _checkout.BecomeUser(0);
        (await _checkout.StartAsync("test")).ExitCode.ShouldBe(0);
        _checkout.Installs.ShouldContain(line => line.EndsWith("install --no-install-recommends nodejs npm", StringComparison.Ordinal));
    }
}
