using AdapterHub.Browser.Tests.Fixtures;
using AdapterHub.Catalog.Accounts;

namespace AdapterHub.Browser.Tests.Accounts;

/// <summary>Every page of accounts and administration: looks, barriers, width, console.</summary>
public sealed class AccountPagesTests(Chromium chromium)
{
    private static readonly (string Name, string Path)[] Pages =
    [
        ("account-profile", "/account"), ("account-password", "/account/password"), ("account-tokens", "/account/tokens"), ("account-sessions", "/account/sessions"),
        ("account-organizations", "/account/organizations"), ("account-close", "/account/close"), ("organization-new", "/organizations/new"),
        ("organization", "/organizations/lab"), ("admin-users", "/admin"), ("admin-user", "/admin/users/ben"), ("admin-invitations", "/admin/invitations"),
        ("admin-storage", "/admin/storage"), ("admin-settings", "/admin/settings"), ("admin-audit", "/admin/audit"),
    ];

    /// <summary>Each screen and each theme; the other two pairs, for pictures of all four, with --slow.</summary>
    public static IEnumerable<TheoryDataRow<Screen, Theme>> Looks =>
    [
        new(Screen.Desktop, Theme.Light), new(Screen.Phone, Theme.Dark),
        new(Screen.Desktop, Theme.Dark) { Traits = { ["Category"] = ["Slow"] } }, new(Screen.Phone, Theme.Light) { Traits = { ["Category"] = ["Slow"] } },
    ];

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task SignedIn_PagesHaveNoBarriersAndFitTheScreen(Screen screen, Theme theme)
    {
        await using var server = await HubServer.StartAsync();
        await server.PeopleAsync();
        await using var page = await chromium.OpenAsync(server, screen, theme);
        await page.SignInAsync("ada");
        List<string> problems = [];

        foreach (var (name, path) in Pages)
        {
            await page.Page.GotoAsync(path, new() { WaitUntil = Microsoft.Playwright.WaitUntilState.NetworkIdle });
            await page.ShootAsync(name);
            problems.AddRange((await page.FindBarriersAsync()).Select(barrier => $"{path}: {barrier}"));
            if (await page.MeasureOverflowAsync() is > 0 and var pixels)
                problems.Add($"{path}: {pixels} pixels wider than the screen");
        }

        problems.AddRange(page.Complaints);
        problems.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Entry_PagesHaveNoBarriersAndFitTheScreen(Screen screen, Theme theme)
    {
        await using var server = await HubServer.StartAsync();
        var link = await server.Get<FirstStart>().IssueAsync(isPersonal: true, TestContext.Current.CancellationToken);
        await using var page = await chromium.OpenAsync(server, screen, theme);
        List<string> problems = [];
        await LookAsync("start-first", $"/start?key={link!.Key}");
        var ada = await server.AddAdministratorAsync();
        var invitation = await server.Get<Invitations>().CreateAsync(ada, "Grace", TimeSpan.FromDays(1), TestContext.Current.CancellationToken);
        var password = await server.Get<Invitations>().CreatePasswordLinkAsync(ada, "ada", TimeSpan.FromDays(1), TestContext.Current.CancellationToken);
        var again = await server.Get<FirstStart>().IssueAsync(isPersonal: true, TestContext.Current.CancellationToken);

        await LookAsync("start-again", $"/start?key={again!.Key}");
        await LookAsync("sign-in", "/sign-in");
        await LookAsync("register", $"/register?invitation={invitation.Key}");
        await LookAsync("new-password", $"/new-password?key={password.Key}");
        problems.AddRange(page.Complaints);
        await LookAsync("start-gone", "/start?key=x");
        await LookAsync("register-closed", "/register");
        problems.ShouldBeEmpty();

        async Task LookAsync(string name, string path)
        {
            await page.Page.GotoAsync(path);
            await page.ShootAsync(name);
            problems.AddRange((await page.FindBarriersAsync()).Select(barrier => $"{name}: {barrier}"));
            if (await page.MeasureOverflowAsync() is > 0 and var pixels)
                problems.Add($"{name}: {pixels} pixels wider than the screen");
        }
    }
}
