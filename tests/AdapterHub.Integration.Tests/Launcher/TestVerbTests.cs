namespace AdapterHub.Integration.Tests.Launcher;

public sealed class TestVerbTests : IDisposable
{
    private readonly CheckoutDouble _checkout = new();

    public void Dispose() => _checkout.Dispose();

    [Fact]
    public async Task SeveralSuites_AreSummedInTheLastLine()
    {
        _checkout.AddSuite("One.Tests", 0, Summary(3, 0, 0));
        _checkout.AddSuite("Two.Tests", 0, Summary(40, 0, 2));
        var result = await _checkout.StartAsync("test");

        result.ExitCode.ShouldBe(0);
        LastLine(result).ShouldBe("43 passed, 0 failed, 2 skipped");
        _checkout.Builds.ShouldBe(["AdapterHub.sln"]);
    }

    [Fact]
    public async Task FailedTest_IsShownAndFailsTheRun()
    {
        _checkout.AddSuite("One.Tests", 2, "failed Blend.Identity (3ms)\n  expected 1 but was 2\n" + Summary(3, 1, 0));
        _checkout.AddSuite("Two.Tests", 0, Summary(5, 0, 0));
        var result = await _checkout.StartAsync("test");

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldContain("expected 1 but was 2");
        result.Output.TrimEnd().ShouldEndWith("failed Blend.Identity (3ms)\n  expected 1 but was 2\n8 passed, 1 failed", customMessage: "a log is often kept by its end alone");
        LastLine(result).ShouldBe("8 passed, 1 failed");
    }

    [Fact]
    public async Task CrashedSuite_CountsAsAFailure()
    {
        _checkout.AddSuite("One.Tests", 134, "terminate called without an active exception\n");
        _checkout.AddSuite("Two.Tests", 0, Summary(5, 0, 0));
        var result = await _checkout.StartAsync("test");

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldContain("terminate called");
        LastLine(result).ShouldBe("5 passed, 1 failed");
    }

    [Fact]
    public async Task SuiteWithoutTests_FailsTheRun()
    {
        _checkout.AddSuite("One.Tests", 8, Summary(0, 0, 0));
        _checkout.AddSuite("Two.Tests", 0, Summary(5, 0, 0));
        var result = await _checkout.StartAsync("test");

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldContain("One.Tests: ran no test");
        LastLine(result).ShouldBe("5 passed, 0 failed");
    }

    [Fact]
    public async Task FilterThatMatchesNothing_FailsTheRun()
    {
        _checkout.AddSuite("One.Tests", 8, Summary(0, 0, 0));
        var result = await _checkout.StartAsync("test", "NoSuchTest");

        result.ExitCode.ShouldBe(1);
        LastLine(result).ShouldBe("0 passed, 0 failed");
    }

    [Theory]
    [InlineData("--bogus")]
    [InlineData("--suite", "Nothing")]
    [InlineData("--suite")]
    public async Task WrongArgument_IsRefused(params string[] arguments)
    {
        _checkout.AddSuite("One.Tests", 0, Summary(1, 0, 0));

        (await _checkout.StartAsync(["test", .. arguments])).ExitCode.ShouldBe(2);
    }

    /// <summary>The closing lines of Microsoft.Testing.Platform.</summary>
    private static string Summary(int succeeded, int failed, int skipped) => $"""

        Test run summary: {(failed == 0 ? "Passed" : "Failed")}! - One.Tests.dll (net10.0|x64)
          total: {succeeded + failed + skipped}
          failed: {failed}
          succeeded: {succeeded}
          skipped: {skipped}
          duration: 1s 010ms

        """;

    private static string LastLine(ShellResult result) => result.Output.TrimEnd('\n').Split('\n')[^1];
}
