using System.Text.RegularExpressions;
using AdapterHub.Browser.Tests.Fixtures;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Browser.Tests.Accounts;

/// <summary>A hub with an administrator, people in every state, an organisation, tokens and invitations.</summary>
internal static class PeopledHub
{
    public const string Password = "plum tractor seven";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static T Get<T>(this HubServer server) where T : notnull => server.Services.GetRequiredService<T>();

    public static async Task<Actor> AddAdministratorAsync(this HubServer server, string name = "ada")
    {
        var link = await server.Get<FirstStart>().IssueAsync(isPersonal: true, Cancel);
        var account = await server.Get<FirstStart>().CreateAdministratorAsync(Actor.Anonymous, link!.Key, new NewAccount(name, Password), Cancel);
        return account.ToActor(ActorScope.Full, "127.0.0.1");
    }

    public static async Task<Actor> AddPersonAsync(this HubServer server, Actor administrator, string name)
    {
        var invitation = await server.Get<Invitations>().CreateAsync(administrator, $"for {name}", TimeSpan.FromDays(1), Cancel);
        var account = await server.Get<Registration>().RegisterAsync(Actor.Anonymous, new NewAccount(name, Password), invitation.Key, Cancel);
        return account.ToActor(ActorScope.Full, "127.0.0.1");
    }

    /// <summary>Ada, the administrator of them all.</summary>
    public static async Task<Actor> PeopleAsync(this HubServer server)
    {
        var ada = await server.AddAdministratorAsync();
        await server.Get<OwnAccount>().UpdateProfileAsync(ada, "Ada Lovelace", "Notes on engines.", Cancel);
        var ben = await server.AddPersonAsync(ada, "ben");
        await server.AddPersonAsync(ada, "a.rather-long_user.name-of-forty-letters");
        await server.AddPersonAsync(ada, "carl");
        await server.Get<Administration>().SetDisabledAsync(ada, "carl", true, Cancel);
        await server.Get<Organizations>().CreateAsync(ada, "lab", "The Laboratory", Cancel);
        await server.Get<Organizations>().SetMemberAsync(ada, "lab", "ben", AccessRole.Writer, Cancel);
        await server.Get<RepositoryCatalog>().CreateAsync(ada, new NewRepository(RepositoryName.Parse("ada/wisdom"), RepositoryKind.Adapter, RepositoryVisibility.Public), Cancel);
        await server.Get<TokenRegistry>().CreateAsync(ada, "laptop", ActorScope.Write, null, Cancel);
        await server.Get<TokenRegistry>().CreateAsync(ada, "continuous integration", ActorScope.Read, TimeSpan.FromDays(90), Cancel);
        await server.Get<Invitations>().CreateAsync(ada, "Grace", TimeSpan.FromDays(7), Cancel);
        await server.Get<PasswordSignIn>().CheckAsync(ben, "ada", "wrong", Cancel);
        return ada;
    }

    /// <summary>Through the page, as people do.</summary>
    public static async Task SignInAsync(this HubPage page, string name, string password = Password)
    {
        await page.Page.GotoAsync("/sign-in");
        await page.Page.GetByLabel("User name").FillAsync(name);
        await page.Page.GetByLabel("Password").FillAsync(password);
        await page.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Microsoft.Playwright.Assertions.Expect(page.Page).Not.ToHaveURLAsync(new Regex("/sign-in"));
    }
}
