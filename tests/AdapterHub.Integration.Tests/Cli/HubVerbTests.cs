using System.Text.Json;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Integration.Tests.Hub;

namespace AdapterHub.Integration.Tests.Cli;

public sealed class HubVerbTests : IAsyncLifetime
{
    private readonly CliProgram _program = new();
    private RunningHub _hub = null!;
    private Actor _ada = null!;

    private static CancellationToken Cancel => RunningHub.Cancel;

    private string Address => _hub.Address.GetLeftPart(UriPartial.Authority);

    private string LoginFile => _program.PathOf("config/adapterhub/hubs.json");

    public async ValueTask InitializeAsync()
    {
        _hub = await RunningHub.StartAsync();
        _ada = await _hub.AddUserAsync("ada");
        _program.Environment["XDG_CONFIG_HOME"] = _program.PathOf("config");
        _program.Environment["ADAPTERHUB_HUB"] = null;
        _program.Environment["ADAPTERHUB_TOKEN"] = null;
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _program.Dispose();
    }

    [Fact]
    public async Task Login_KeepsTheTokenForItsOwnerOnly_LogoutForgetsIt()
    {
        var token = await _hub.AddTokenAsync(_ada, ActorScope.Write);
        await File.WriteAllTextAsync(_program.PathOf("token"), token + "\n", Cancel);
        var login = await _program.RunUnderAsync("exec < token", ["login", "--hub", Address]);
        login.ExitCode.ShouldBe(0, login.Errors);
        login.Output.ShouldBe($"Logged in to {Address} as ada; the token reads and writes.\n");
        (login.Output + login.Errors).ShouldNotContain(token);
        File.GetUnixFileMode(LoginFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Path.GetDirectoryName(LoginFile)!).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        (await _program.SucceedAsync("whoami")).Output.ShouldContain("ada");
        (await _program.SucceedAsync("logout")).Output.ShouldContain($"Forgot the token of {Address}");
        (await File.ReadAllTextAsync(LoginFile, Cancel)).ShouldNotContain(token);
        (await _program.BeRefusedAsync("whoami", "--hub", Address)).ShouldContain("Sign in");
    }

    [Fact]
    public async Task WrongToken_IsNotKept()
    {
        (await _program.BeRefusedAsync("login", "--hub", Address, "--token", "ah_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).ShouldContain("revoked");
        (await _program.BeRefusedAsync("login", "--hub", Address, "--token", "two words")).ShouldContain("no token");
        File.Exists(LoginFile).ShouldBeFalse();
    }

    [Fact]
    public async Task PushThenPull_IsByteEqual()
    {
        await LogInAsync();
        var folder = WriteDataset("data");
        var pushed = await _program.SucceedAsync("push", folder, "ada/words", "--private", "--message", "First words");
        pushed.Output.ShouldContain("sent text/ä.txt");
        pushed.Output.ShouldContain("published ada/words");
        (await _hub.Get<RepositoryCatalog>().GetAsync(_ada, RepositoryName.Parse("ada/words"), Cancel)).Visibility.ShouldBe(RepositoryVisibility.Private);

        await _program.SucceedAsync("pull", "ada/words", "--out", "back");
        Tree("back").ShouldBe(Tree(folder));
        (await _program.SucceedAsync("pull", "ada/words", "--out", "back")).Output.ShouldContain("everything was there already");
        await File.WriteAllTextAsync(_program.PathOf("back/text/ä.txt"), "damaged", Cancel);
        await _program.SucceedAsync("pull", "ada/words@main", "--out", "back");
        Tree("back").ShouldBe(Tree(folder));

        (await _program.SucceedAsync("push", folder, "ada/words")).Output.ShouldContain("has exactly these files already");
        await File.WriteAllTextAsync(_program.PathOf("data/text/more.txt"), "more\n", Cancel);
        (await _program.SucceedAsync("push", folder, "ada/words")).Output.ShouldContain("3 files are on the hub already");
    }

    [Fact]
    public async Task RefusedPush_PrintsEveryFindingAndGoesOnWhenRepeated()
    {
        await LogInAsync();
        Directory.CreateDirectory(_program.PathOf("bad"));
        _program.Write("bad/README.md", "# No licence\n");
        await File.WriteAllBytesAsync(_program.PathOf("bad/adapter_model.bin"), [0x80, 2, 0x7d, 0x71, 0, 0x2e], Cancel);
        var refused = await _program.BeRefusedAsync("push", "bad", "ada/bad", "--kind", "adapter");
        refused.ShouldContain("adapter_config.json");
        refused.ShouldContain("licen");
        refused.Split("\n  - ").Length.ShouldBeGreaterThan(2, "one line for each finding");

        WriteDataset("bad");
        File.Delete(_program.PathOf("bad/adapter_model.bin"));
        var again = await _program.SucceedAsync("push", "bad", "ada/bad", "--kind", "dataset");
        again.Output.ShouldContain("going on with the publication of ada/bad");
        again.Output.ShouldContain("published ada/bad");
    }

    [Fact]
    public async Task Pull_OfWhatIsHiddenOrAbsent_IsRefusedAlike()
    {
        await _hub.AddRepositoryAsync(_ada, "secret", RepositoryVisibility.Private);
        var hidden = await _program.BeRefusedAsync("pull", "ada/secret", "--hub", Address);
        var absent = await _program.BeRefusedAsync("pull", "ada/absent", "--hub", Address);
        hidden.ShouldBe(absent.Replace("absent", "secret", StringComparison.Ordinal));
        Directory.Exists(_program.PathOf("secret")).ShouldBeFalse();
        (await _program.BeRefusedAsync("pull", "no-slash", "--hub", Address)).ShouldContain("OWNER/NAME");
        (await _program.BeRefusedAsync("pull", "a/b", "--hub", "http://127.0.0.1:1")).ShouldContain("cannot be reached");
    }

    [Fact]
    public async Task Search_ShowsATableOrLinesOfJson()
    {
        await _hub.AddRepositoryAsync(_ada, "king-james");
        await _hub.AddRepositoryAsync(_ada, "sotu");
        var table = await _program.SucceedAsync("search", "king", "--hub", Address);
        table.Output.ShouldContain("ada/king-james");
        table.Output.ShouldContain("1 result.");
        var lines = (await _program.SucceedAsync("search", "--kind", "adapter", "--sort", "name", "--json", "--hub", Address)).Output.TrimEnd().Split('\n');
        lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("name").GetString()).ShouldBe(["ada/king-james", "ada/sotu"]);
        JsonDocument.Parse(lines[0]).RootElement.GetProperty("kind").GetString().ShouldBe("adapter");
        (await _program.SucceedAsync("search", "nothing-like-this", "--hub", Address)).Output.ShouldContain("Nothing was found.");
    }

    private async Task LogInAsync() => await _program.SucceedAsync("login", "--hub", Address, "--token", await _hub.AddTokenAsync(_ada, ActorScope.Write));

    private string WriteDataset(string folder)
    {
        Directory.CreateDirectory(_program.PathOf($"{folder}/text"));
        _program.Write($"{folder}/README.md", MatrixHub.Card);
        _program.Write($"{folder}/text/ä.txt", "Grüße\n");
        _program.Write($"{folder}/empty.txt", "");
        return folder;
    }

    private List<(string Path, string Bytes)> Tree(string folder) =>
        [.. Directory.EnumerateFiles(_program.PathOf(folder), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => (Path.GetRelativePath(_program.PathOf(folder), file), Convert.ToHexString(File.ReadAllBytes(file))))];
}
