using AdapterHub.Web;

namespace AdapterHub.Integration.Tests.Hub;

public sealed class HubOptionsTests
{
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);

    [Fact]
    public void NothingGiven_TakesTheRepositorysFolders()
    {
        var options = Read();

        options.DataFolder.ShouldBe("/srv/hub/data/hub");
        options.SeedFolder.ShouldBeNull("there is no such folder");
        options.Urls.ShouldBe(["http://localhost:5080"]);
        options.Hosts.ShouldBeEmpty();
        options.IsDevelopment.ShouldBeFalse();
    }

    [Fact]
    public void Environment_WinsOverTheDefaults()
    {
        _environment["ADAPTERHUB_DATA"] = "/mnt/hub";
        _environment["ADAPTERHUB_SEED"] = Path.GetTempPath();
        _environment["ADAPTERHUB_URLS"] = "http://0.0.0.0:80; http://[::]:81";
        _environment["ADAPTERHUB_HOSTS"] = "hub.example,other.example";
        _environment["ADAPTERHUB_ENVIRONMENT"] = "development";
        var options = Read();

        options.DataFolder.ShouldBe("/mnt/hub");
        options.SeedFolder.ShouldBe(Path.GetTempPath());
        options.Urls.ShouldBe(["http://0.0.0.0:80", "http://[::]:81"]);
        options.Hosts.ShouldBe(["hub.example", "other.example"]);
        options.IsDevelopment.ShouldBeTrue();
    }

    [Fact]
    public void Flags_WinOverTheEnvironment()
    {
        _environment["ADAPTERHUB_DATA"] = "/mnt/hub";
        _environment["ADAPTERHUB_URLS"] = "http://0.0.0.0:80";
        var options = Read("http://localhost:1", "/elsewhere");

        options.DataFolder.ShouldBe("/elsewhere");
        options.Urls.ShouldBe(["http://localhost:1"]);
    }

    private HubOptions Read(string? urls = null, string? data = null) => HubOptions.Read("/srv/hub", _environment.GetValueOrDefault, urls, data);
}
