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
    private const string ActorHeader = "X-Test-Actor";
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string _folder;
    private readonly WebApplication _application;
    private readonly Dictionary<string, Actor> _actors = new(StringComparer.Ordinal);
    private readonly List<HttpClient> _clients = [];

    private RunningHub(string folder)
    {
        _folder = folder;
        _application = HubApplication.Build(
            new HubOptions { DataFolder = folder, Urls = ["http://127.0.0.1:0"] }, "--Logging:LogLevel:Default=Error");
        _application.Use((context, next) =>
        {
            if (context.Request.Headers[ActorHeader] is [{ } key])
                context.Features.Set(_actors[key]);
            return next(context);
        });
    }

    public Uri Address { get; private set; } = null!;

    public IServiceProvider Services => _application.Services;

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<RunningHub> StartAsync()
    {
        var hub = new RunningHub(Directory.CreateTempSubdirectory("hub-").FullName);
        await hub._application.StartAsync(Cancel);
        hub.Address = new Uri(hub._application.Urls.First());
        return hub;
    }

    public T Get<T>() where T : notnull => _application.Services.GetRequiredService<T>();

    /// <summary>A client of somebody; of nobody for null. It follows no redirect, so that tests see them.</summary>
    public HttpClient As(Actor? actor)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
        _clients.Add(client);
        if (actor is not null)
        {
            var key = _actors.Count.ToString(CultureInfo.InvariantCulture);
            _actors.Add(key, actor);
            client.DefaultRequestHeaders.Add(ActorHeader, key);
        }

        return client;
    }

    public async Task<Actor> AddUserAsync(string name, bool administrator = false)
    {
        await using var context = await Get<IDbContextFactory<CatalogContext>>().CreateDbContextAsync(Cancel);
        var user = new User
        {
            UserName = name,
            NormalizedUserName = name.ToUpperInvariant(),
            IsAdministrator = administrator,
            CreatedAt = Start,
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
        Directory.Delete(_folder, recursive: true);
    }
}
