using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Tests.Catalog.Accounts;

/// <summary>A catalogue with a clock that tests move, and people made the way people are made.</summary>
internal sealed class AccountsFixture : IAsyncDisposable
{
    public const string Password = "plum tractor seven";

    private AccountsFixture(TemporaryCatalog catalog, SteppedTime time) => (Catalog, Time) = (catalog, time);

    public TemporaryCatalog Catalog { get; }

    public SteppedTime Time { get; }

    /// <summary>Somebody at the sign-in page.</summary>
    public static Actor Visitor { get; } = Actor.Anonymous with { Address = "192.0.2.7" };

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<AccountsFixture> CreateAsync()
    {
        var time = new SteppedTime();
        var catalog = await TemporaryCatalog.CreateAsync(services =>
        {
            services.AddSingleton<TimeProvider>(time);
            // The strength of the hash is not what these tests are about, and it takes most of their time.
            services.PostConfigure<PasswordHasherOptions>(options => options.IterationCount = 1000);
        });
        return new AccountsFixture(catalog, time);
    }

    public T Get<T>() where T : notnull => Catalog.Get<T>();

    /// <summary>The first account, by the start's link.</summary>
    public async Task<Actor> AddAdministratorAsync(string name = "root-ada")
    {
        var link = await Get<FirstStart>().IssueAsync(isPersonal: true, Cancel);
        var account = await Get<FirstStart>().CreateAdministratorAsync(Visitor, link!.Key, new NewAccount(name, Password), Cancel);
        return account.ToActor(ActorScope.Full, "127.0.0.1");
    }

    /// <summary>Needs an administrator, who invites.</summary>
    public async Task<Actor> AddPersonAsync(Actor administrator, string name)
    {
        var invitation = await Get<Invitations>().CreateAsync(administrator, null, TimeSpan.FromDays(1), Cancel);
        var account = await Get<Registration>().RegisterAsync(Visitor, new NewAccount(name, Password), invitation.Key, Cancel);
        return account.ToActor(ActorScope.Full, "127.0.0.1");
    }

    public async Task<Actor?> SessionActorAsync(string key) => await Get<Sessions>().FindAsync(key, "127.0.0.1", Cancel);

    public async Task<string> StartSessionAsync(Actor person)
    {
        var account = await Get<OwnAccount>().GetAsync(person, Cancel);
        return await Get<Sessions>().StartAsync(person, account, "Firefox", isPersistent: true, Cancel);
    }

    public static async Task<CatalogFault> FaultOf(Func<Task> deed) => (await Should.ThrowAsync<CatalogException>(deed)).Fault;

    public ValueTask DisposeAsync() => Catalog.DisposeAsync();
}

internal sealed class SteppedTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public void Step(TimeSpan by) => _now += by;

    public override DateTimeOffset GetUtcNow() => _now;
}
