using System.Text.Json;
using AdapterHub.Browser.Tests.Fixtures;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Browser.Tests.Blending;

/// <summary>The page of blends in its states on every screen: pictures to look at, and what can be measured of them.</summary>
[Trait("Category", "Slow")]
public sealed class BlendLookTests(Chromium chromium, BlendingHub hub) : IClassFixture<BlendingHub>
{
    private const string Base = "adapterhub/inkwell";
    private static readonly string[] Seeds = ["adapterhub/king-james", "adapterhub/devils-dictionary", "adapterhub/state-of-the-union"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_FitTheScreenAndHaveNoBarriers()
    {
        var spec = new BlendSpec
        {
            Output = "", Base = Base, Method = "ties", Density = 0.5, Rank = 8, Device = "cpu",
            Adapters = [new(Seeds[0], 0.7), new(Seeds[1], 0.6), new(Seeds[2], -0.4) { Layers = [new LayerWeight("layers.0-3", 0)] }],
        };
        var check = await RunAsync(spec with { Report = true }, null);
        var save = await RunAsync(spec, "ada/three");
        var learn = await RunAsync(spec with
        {
            Method = "exact", Rank = null, Density = null, Adapters = [.. Seeds.Select(seed => new WeightedAdapter(seed))],
            Learn = new WeightLearningSettings { Data = new TextSource { Files = ["adapterhub/king-james-wisdom"] }, Steps = 12, BatchSize = 2, SequenceLength = 128 },
        }, null);
        var three = $"/blend?base={Base}&a={Seeds[0]}:0.7&a={Seeds[1]}:0.6&a={Seeds[2]}:-0.4&l=3:layers.0-3=0&method=ties&density=0.5&rank=8";
        (string Name, string Path)[] pages =
        [
            ("blend-empty", "/blend"), ("blend-full", $"{three}&check={check}&learn={learn}&save={save}"),
            ("blend-refused", $"/blend?a={Seeds[0]}&a={Seeds[1]}&a={Seeds[2]}:-1&method=slerp"),
            ("blend-adapter", "/ada/three"),
        ];

        var found = new List<string>();
        foreach (var (screen, theme) in new[] { (Screen.Desktop, Theme.Light), (Screen.Desktop, Theme.Dark), (Screen.Phone, Theme.Light), (Screen.Phone, Theme.Dark) })
        {
            await using var page = await chromium.OpenAsync(hub.Server, screen, theme);
            await page.SignInAsync(hub.Server, hub.Ada);
            foreach (var (name, path) in pages)
            {
                (await page.GoAsync(path)).Status.ShouldBe(200, path);
                await page.ShootAsync(name);
                if (await page.MeasureOverflowAsync() is > 0 and var wider)
                    found.Add($"{name} is {wider} px wider than the screen {screen}");
                found.AddRange((await page.FindBarriersAsync()).Select(barrier => $"{name}, {screen}, {theme}: {barrier}"));
            }

            page.Complaints.ShouldBeEmpty();
        }

        found.ShouldBeEmpty();
    }

    private async Task<long> RunAsync(BlendSpec spec, string? target)
    {
        var services = hub.Server.Services;
        var started = await services.GetRequiredService<RunLauncher>().StartAsync(
            hub.Ada, new NewRun(spec) { Target = target is null ? null : RepositoryName.Parse(target) }, Cancel);
        var last = "";
        await foreach (var happened in services.GetRequiredService<RunReader>().WatchAsync(hub.Ada, started.Run.Id, 0, Cancel))
            last = happened.Json;
        JsonDocument.Parse(last).RootElement.GetProperty("state").GetString().ShouldBe("succeeded", last);
        return started.Run.Id;
    }
}
