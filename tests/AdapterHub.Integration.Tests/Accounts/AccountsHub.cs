using AdapterHub.Catalog.Accounts;
using AdapterHub.Integration.Tests.Hub;

namespace AdapterHub.Integration.Tests.Accounts;

/// <summary>Steps that several tests of accounts take first.</summary>
internal static class AccountsHub
{
    public const string Password = "plum tractor seven";

    public static BrowserDouble OpenBrowser(this RunningHub hub) => new(hub.Address);

    /// <summary>The administrator ada, made by the start's link.</summary>
    public static async Task<Actor> AddAdministratorAsync(this RunningHub hub)
    {
        var link = await hub.Get<FirstStart>().IssueAsync(isPersonal: true, RunningHub.Cancel);
        var account = await hub.Get<FirstStart>().CreateAdministratorAsync(Actor.Anonymous, link!.Key, new NewAccount("ada", Password), RunningHub.Cancel);
        return account.ToActor(ActorScope.Full, null);
    }

    public static async Task<Actor> AddPersonAsync(this RunningHub hub, Actor administrator, string name)
    {
        var invitation = await hub.Get<Invitations>().CreateAsync(administrator, null, TimeSpan.FromDays(1), RunningHub.Cancel);
        var account = await hub.Get<Registration>().RegisterAsync(Actor.Anonymous, new NewAccount(name, Password), invitation.Key, RunningHub.Cancel);
        return account.ToActor(ActorScope.Full, null);
    }

    public static Task<Answer> SignInAsync(this BrowserDouble browser, string name, string password = Password, string path = "/sign-in") =>
        browser.SubmitAsync(path, ("name", name), ("password", password), ("remember", "true"));

    /// <summary>Whether the bar of the first page knows this person.</summary>
    public static async Task<bool> IsSignedInAsync(this BrowserDouble browser, string name) =>
        (await browser.GetAsync("/")).Text.Contains($"Account of {name}", StringComparison.Ordinal);
}
