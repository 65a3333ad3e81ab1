using AdapterHub.Browser.Tests.Fixtures;
using AdapterHub.Browser.Tests.Journeys;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Browser.Tests.Managing;

/// <summary>Every page of repositories and owners on every screen: pictures to look at, and what can be measured of them.</summary>
[Trait("Category", "Slow")]
public sealed class ManagingLookTests(Chromium chromium)
{
    private static readonly (string Name, string Path)[] Pages =
    [
        ("catalogue", "/"), ("catalogue-table", "/?view=table"), ("catalogue-narrowed", "/?q=bible&tag=text-generation"), ("catalogue-empty", "/?q=quuxquux"),
        ("models", "/models"), ("datasets", "/datasets"), ("tag", "/tags/lora"), ("new", "/new"), ("revise", "/ada/wisdom/upload"), ("api", "/api"),
        ("repository-tensors", "/ada/wisdom?tab=files&file=adapter_model.safetensors"),
        ("repository-card", "/ada/wisdom"), ("repository-anatomy", "/ada/wisdom?tab=anatomy"), ("repository-metrics", "/ada/wisdom?tab=metrics"),
        ("repository-versions", "/ada/wisdom?tab=versions"), ("repository-lineage", "/adapterhub/inkwell?tab=lineage"), ("repository-files", "/ada/wisdom?tab=files"),
        ("repository-rows", "/adapterhub/devils-dictionary-dataset?tab=rows"), ("repository-adapters", "/adapterhub/inkwell?tab=adapters"),
        ("settings-general", "/ada/wisdom/settings"), ("settings-people", "/ada/wisdom/settings?tab=people"),
        ("settings-references", "/ada/wisdom/settings?tab=references"), ("settings-delete", "/ada/wisdom/settings?tab=delete"),
        ("fork", "/adapterhub/king-james/fork"), ("owner", "/ada"), ("organization", "/lab"), ("trash", "/trash"), ("repository-trashed", "/ada/old"),
    ];

    [Theory]
    [InlineData(Screen.Desktop, Theme.Light)]
    [InlineData(Screen.Desktop, Theme.Dark)]
    [InlineData(Screen.Phone, Theme.Light)]
    [InlineData(Screen.Phone, Theme.Dark)]
    public async Task Pages_FitTheScreenAndHaveNoBarriers(Screen screen, Theme theme)
    {
        await using var server = await HubServer.StartAsync(Publications.WithSeeds);
        var ada = await server.AddAdministratorAsync();
        await server.AddPersonAsync(ada, "bob");
        await server.Services.GetRequiredService<Organizations>().CreateAsync(ada, "lab", "The Lab", TestContext.Current.CancellationToken);
        await server.PublishSeedAdapterAsync(ada, "ada/wisdom");
        await server.ReviseAsync(ada, "ada/wisdom", "A note", ("NOTES.md", "# Notes\n"));
        await server.ShareAsync(ada, "ada/wisdom", "bob", AccessRole.Writer);
        await server.PublishDatasetAsync(ada, "ada/old");
        await server.TrashAsync(ada, "ada/old");
        await using var page = await chromium.OpenAsync(server, screen, theme);
        await page.SignInAsync(server, ada);

        await page.GoAsync("/new");
        await page.DropAsync(Visitor.FilesOf(Path.Combine(Visitor.Seeds, "adapters", "state-of-the-union")));
        await page.ReachDraftAsync();

        var found = new List<string>();
        foreach (var (name, path) in Pages.Append(("draft", await page.ReadPathAsync())))
        {
            (await page.GoAsync(path)).Status.ShouldBe(200, path);
            await page.ShootAsync(name);
            if (await page.MeasureOverflowAsync() is > 0 and var wider)
                found.Add($"{path} is {wider} px wider than the screen");
            found.AddRange((await page.FindBarriersAsync()).Select(barrier => $"{path}: {barrier}"));
        }

        found.ShouldBeEmpty();
    }
}
