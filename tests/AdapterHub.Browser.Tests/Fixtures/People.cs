using AdapterHub.Catalog.Accounts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AdapterHub.Browser.Tests.Fixtures;

/// <summary>Accounts of a test's hub, and their browsers.</summary>
internal static class People
{
    public const string Password = "plum tractor seven";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The first account, an administrator's.</summary>
    public static async Task<Actor> AddAdministratorAsync(this HubServer server, string name = "ada")
    {
        var start = server.Services.GetRequiredService<FirstStart>();
        var link = await start.IssueAsync(isPersonal: true, Cancel);
        return (await start.CreateAdministratorAsync(Actor.Anonymous, link!.Key, new NewAccount(name, Password), Cancel)).ToActor(ActorScope.Full, null);
    }

    public static async Task<Actor> AddPersonAsync(this HubServer server, Actor administrator, string name, string? displayName = null)
    {
        var invitation = await server.Services.GetRequiredService<Invitations>().CreateAsync(administrator, null, TimeSpan.FromDays(1), Cancel);
        var form = new NewAccount(name, Password, displayName);
        return (await server.Services.GetRequiredService<Registration>().RegisterAsync(Actor.Anonymous, form, invitation.Key, Cancel)).ToActor(ActorScope.Full, null);
    }

    /// <summary>Signs a browser in without the page for it.</summary>
    public static async Task SignInAsync(this HubPage page, HubServer server, Actor person)
    {
        var account = await server.Services.GetRequiredService<OwnAccount>().GetAsync(person, Cancel);
        var key = await server.Services.GetRequiredService<Sessions>().StartAsync(person, account, "a test", isPersistent: false, Cancel);
        await page.Context.AddCookiesAsync([new Cookie { Name = $"adapterhub-session-{new Uri(server.Url).Port}", Value = key, Url = server.Url }]);
    }
}
