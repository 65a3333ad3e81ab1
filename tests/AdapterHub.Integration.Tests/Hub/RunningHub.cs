using System.Globalization;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using AdapterHub.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Integration.Tests.Hub;

/// <summary>The hub as the program starts it, on a free port, with a data folder of its own.</summary>
internal sealed class RunningHub : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string _folder;
    private readonly WebApplication _application;
    private readonly List<HttpClient> _clients = [];
    private bool _keepsFolder;

    private RunningHub(string folder, string? seeds, string[] settings)
    {
        _folder = folder;
        _application = HubApplication.Build(
            new HubOptions { DataFolder = folder, SeedFolder = seeds, Urls = ["http://127.0.0.1:0"] }, ["--Logging:LogLevel:Default=Error", .. settings]);
    }

    public Uri Address { get; private set; } = null!;

    public IServiceProvider Services => _application.Services;

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="settings">In ASP.NET's form, such as <c>--Api:AnonymousBurst=5</c>.</param>
    public static Task<RunningHub> StartAsync(params string[] settings) => StartAsync(seeds: null, settings);

    /// <param name="seeds">What the catalogue starts with.</param>
    /// <param name="settings">In ASP.NET's form.</param>
    public static Task<RunningHub> StartSeededAsync(string seeds, params string[] settings) => StartAsync(seeds, settings);

    private static async Task<RunningHub> StartAsync(string? seeds, string[] settings)
    {
        var hub = new RunningHub(Directory.CreateTempSubdirectory("hub-").FullName, seeds, settings);
        await hub._application.StartAsync(Cancel);
        hub.Address = new Uri(hub._application.Urls.First());
        return hub;
    }

    /// <summary>Over a folder that stays when the hub is gone.</summary>
    public static async Task<RunningHub> StartAtAsync(string folder)
    {
        var hub = new RunningHub(folder, null, []) { _keepsFolder = true };
        await hub._application.StartAsync(Cancel);
        hub.Address = new Uri(hub._application.Urls.First());
        return hub;
    }

    public T Get<T>() where T : notnull => _application.Services.GetRequiredService<T>();

    /// <summary>
    /// A client of somebody: signed in as a browser is, or with an API token where the actor's scope is that of one; of nobody for null. It
    /// follows no redirect, so that tests see them.
    /// </summary>
    public HttpClient As(Actor? actor)
    {
        HttpMessageHandler handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        var client = new HttpClient(actor is null ? handler : new SignedInHandler(this, actor, handler)) { BaseAddress = Address };
        _clients.Add(client);
        return client;
    }

    /// <summary>What a request brings so that the hub knows who it is: header and value.</summary>
    public async Task<IReadOnlyList<(string Name, string Value)>> SignInAsync(Actor actor)
    {
        if (actor.Scope != ActorScope.Full)
            return [("Authorization", $"Bearer {await AddTokenAsync(actor, actor.Scope)}")];
        var account = await Get<OwnAccount>().GetAsync(actor, Cancel);
        var key = await Get<Sessions>().StartAsync(actor, account, "test", isPersistent: false, Cancel);
        return [("Cookie", string.Create(CultureInfo.InvariantCulture, $"adapterhub-session-{Address.Port}={key}")), ("Sec-Fetch-Site", "same-origin")];
    }

    public async Task<string> AddTokenAsync(Actor actor, ActorScope scope) =>
        (await Get<TokenRegistry>().CreateAsync(actor with { Scope = ActorScope.Full }, $"token {Guid.NewGuid():N}", scope, null, Cancel)).Token;

    public async Task<Actor> AddUserAsync(string name, bool administrator = false)
    {
        await using var context = await Get<IDbContextFactory<CatalogContext>>().CreateDbContextAsync(Cancel);
        var user = new User
        {
            UserName = name,
            NormalizedUserName = name.ToUpperInvariant(),
            IsAdministrator = administrator,
            CreatedAt = Start,
            SecurityStamp = "stamp",
            Owner = new Owner { Name = name, Kind = OwnerKind.User, CreatedAt = Start },
        };
        context.Users.Add(user);
        await context.SaveChangesAsync(Cancel);
        return new Actor(user.Id, name, administrator, ActorScope.Full);
    }

    public async Task<RepositoryName> AddRepositoryAsync(
        Actor owner, string name, RepositoryVisibility visibility = RepositoryVisibility.Public, RepositoryKind kind = RepositoryKind.Adapter)
    {
        var made = await Get<RepositoryCatalog>().CreateAsync(owner, new NewRepository(RepositoryName.Of(owner.Name, name), kind, visibility), Cancel);
        return made.Name;
    }

    /// <summary>
    /// A commit on main put straight into the tables, bytes and all: what the checks of today refuse may lie in the catalogue from another day,
    /// and is to be served safely too.
    /// </summary>
    public async Task<string> CommitAsync(Actor actor, RepositoryName name, params (string Path, byte[] Bytes)[] files)
    {
        var revision = await Get<RevisionReader>().FindRevisionAsync(actor, name, null, Cancel);
        var tree = revision?.Files.ToDictionary(file => file.Path, file => new TreeFile(file.Path, file.Digest, file.Length), StringComparer.Ordinal) ?? [];
        foreach (var (path, bytes) in files)
        {
            using var stream = new MemoryStream(bytes);
            tree[path] = new TreeFile(path, (await Get<BlobStore>().ReceiveAsync(actor, stream, cancel: Cancel)).Digest, bytes.Length);
        }

        await using var context = await Get<IDbContextFactory<CatalogContext>>().CreateDbContextAsync(Cancel);
        var repository = await context.Repositories.SingleAsync(r => r.Owner.Name == name.Owner && r.Name == name.Name, Cancel);
        var main = await context.References.FindAsync([repository.Id, ReferenceKind.Branch, Catalog.Database.Repository.DefaultBranch], Cancel);
        var commit = new Commit { Id = "", RepositoryId = repository.Id, ParentKey = main?.CommitKey, AuthorId = actor.UserId, AuthorName = actor.Name, Title = "files", CreatedAt = Start };
        commit.Files.AddRange(tree.Values.Select(file => new CommitFile { Path = file.Path, Digest = file.Digest, Length = file.Length }));
        commit.Id = CommitIdentity.Compute(commit, revision?.Commit.Id);
        context.Commits.Add(commit);
        await context.SaveChangesAsync(Cancel);
        if (main is null)
            context.References.Add(new Reference { RepositoryId = repository.Id, Kind = ReferenceKind.Branch, Name = Catalog.Database.Repository.DefaultBranch, CommitKey = commit.Key });
        else
            main.CommitKey = commit.Key;
        await context.SaveChangesAsync(Cancel);
        return commit.Id;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
        SqliteConnection.ClearAllPools();
        if (!_keepsFolder)
            Directory.Delete(_folder, recursive: true);
    }

    private sealed class SignedInHandler(RunningHub hub, Actor actor, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private readonly Lazy<Task<IReadOnlyList<(string Name, string Value)>>> _credentials = new(() => hub.SignInAsync(actor));

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            foreach (var (name, value) in await _credentials.Value)
                request.Headers.TryAddWithoutValidation(name, value);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
