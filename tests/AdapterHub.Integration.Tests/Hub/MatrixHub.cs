using System.Globalization;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Api;
using AdapterHub.Web.Runs;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Integration.Tests.Hub;

/// <summary>One endpoint as the server has it.</summary>
/// <param name="Name">As in the document of the interface.</param>
/// <param name="Need">What it declares; null where it declares nothing, which is a fault.</param>
internal sealed record MatrixEndpoint(string Name, string Method, string Pattern, ApiNeed? Need)
{
    public bool IsOfARepository => Pattern.Contains("{owner}/{name}", StringComparison.Ordinal);
}

/// <summary>A hub with people of every role, an organisation, a draft, and repositories in every state.</summary>
public sealed class MatrixHub : IAsyncLifetime
{
    public const string Card = "---\nlicense: mit\n---\n# Sample\n";

    private readonly Dictionary<MatrixRole, (Actor Actor, HttpClient Client)> _people = [];
    private readonly Dictionary<MatrixState, RepositoryName> _current = [];
    private int _count;

    internal RunningHub Hub { get; private set; } = null!;

    internal IReadOnlyList<MatrixEndpoint> Endpoints { get; private set; } = [];

    internal DraftView Draft { get; private set; } = null!;

    internal string Organization { get; private set; } = "";

    internal string Digest { get; private set; } = "";

    internal long Run { get; private set; }

    internal long Sweep { get; private set; }

    private Actor Owner => _people[MatrixRole.Owner].Actor;

    public async ValueTask InitializeAsync()
    {
        Hub = await RunningHub.StartAsync("--Api:AnonymousBurst=100000", "--Api:AccountBurst=100000");
        foreach (var (role, name) in new[] { (MatrixRole.Stranger, "stranger"), (MatrixRole.Reader, "reader"), (MatrixRole.Writer, "writer"), (MatrixRole.Owner, "owner") })
            Add(role, await Hub.AddUserAsync(name));
        Add(MatrixRole.Administrator, await Hub.AddUserAsync("admin", administrator: true));
        Add(MatrixRole.ReadToken, Owner with { Scope = ActorScope.Read });
        Add(MatrixRole.WriteToken, Owner with { Scope = ActorScope.Write });
        Add(MatrixRole.AdministratorToken, _people[MatrixRole.Administrator].Actor with { Scope = ActorScope.Write });
        _people[MatrixRole.Anonymous] = (Actor.Anonymous, Hub.As(null));
        await Hub.AddUserAsync("guest");
        await RenewOrganizationAsync();
        await RenewDraftAsync();
        await AddBaseAsync();
        await RenewRunAsync();
        Endpoints = [.. Read(Hub.Services.GetServices<EndpointDataSource>())];
    }

    public async ValueTask DisposeAsync()
    {
        if (Hub is not null)
            await Hub.DisposeAsync();
    }

    internal HttpClient ClientOf(MatrixRole role) => _people[role].Client;

    internal string NameOf(MatrixRole role) => _people[role].Actor.Name;

    /// <summary>A repository in that state, untouched by the calls before.</summary>
    internal async Task<RepositoryName> RepositoryAsync(MatrixState state) => _current.TryGetValue(state, out var name) ? name : _current[state] = await MakeAsync(state);

    /// <summary>A call that was carried out may have changed what the next one expects.</summary>
    internal async Task RenewAsync(MatrixEndpoint endpoint, MatrixState state)
    {
        if (endpoint.IsOfARepository)
            _current.Remove(state);
        else if (endpoint.Pattern.Contains("{organization}", StringComparison.Ordinal))
            await RenewOrganizationAsync();
        else if (endpoint.Pattern.Contains("/drafts", StringComparison.Ordinal))
            await RenewDraftAsync();
        else if (endpoint.Pattern.StartsWith("/api/runs", StringComparison.Ordinal))
            await RenewRunAsync();
    }

    private async Task AddBaseAsync()
    {
        var model = await Hub.AddRepositoryAsync(Owner, "tiny-base", RepositoryVisibility.Public, RepositoryKind.BaseModel);
        await Hub.CommitAsync(Owner, model, ("config.json", "{}"u8.ToArray()), ("tokenizer.json", "{}"u8.ToArray()));
        var texts = await Hub.AddRepositoryAsync(Owner, "texts", RepositoryVisibility.Public, RepositoryKind.Dataset);
        await Hub.CommitAsync(Owner, texts, ("train.txt", "text"u8.ToArray()));
    }

    private async Task RenewRunAsync()
    {
        var spec = new EvaluateSpec { Base = "owner/tiny-base", Data = new TextSource { Files = ["owner/texts"] } };
        Run = (await Hub.Get<RunLauncher>().StartAsync(Owner, new NewRun(spec), RunningHub.Cancel)).Run.Id;
        var swept = new TrainSpec { Base = spec.Base, Output = "o", Data = spec.Data };
        Sweep = (await Hub.Get<SweepLauncher>().StartAsync(
            Owner, new NewSweep(swept, new SweepPlan { Grid = new Dictionary<string, IReadOnlyList<System.Text.Json.JsonElement>> { ["rank"] = [SweepPlan.Value("4"), SweepPlan.Value("8")] } }, RepositoryName.Of("owner", "swept")),
            RunningHub.Cancel)).Sweep.Id;
    }

    private async Task RenewOrganizationAsync()
    {
        Organization = string.Create(CultureInfo.InvariantCulture, $"guild{++_count}");
        await Hub.Get<Organizations>().CreateAsync(Owner, Organization, null, RunningHub.Cancel);
        foreach (var (name, role) in new[] { ("reader", AccessRole.Reader), ("writer", AccessRole.Writer), ("guest", AccessRole.Reader) })
            await Hub.Get<Organizations>().SetMemberAsync(Owner, Organization, name, role, RunningHub.Cancel);
    }

    private void Add(MatrixRole role, Actor actor) => _people[role] = (actor, Hub.As(actor));

    private async Task<RepositoryName> MakeAsync(MatrixState state)
    {
        var visibility = state switch
        {
            MatrixState.Unlisted => RepositoryVisibility.Unlisted,
            MatrixState.Private => RepositoryVisibility.Private,
            _ => RepositoryVisibility.Public,
        };
        var name = await Hub.AddRepositoryAsync(Owner, string.Create(CultureInfo.InvariantCulture, $"sample{++_count}"), visibility, RepositoryKind.Dataset);
        await Hub.CommitAsync(Owner, name, ("README.md", System.Text.Encoding.UTF8.GetBytes(Card)), ("data.txt", "text\n"u8.ToArray()), ("picture.png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0]));
        Digest = (await Hub.Get<RevisionReader>().GetFileAsync(Owner, name, null, "data.txt", RunningHub.Cancel)).File.Digest;
        await Hub.Get<RevisionReader>().CreateReferenceAsync(Owner, name, ReferenceKind.Tag, "old", null, RunningHub.Cancel);
        await Hub.Get<RepositoryCatalog>().SetCollaboratorAsync(Owner, name, "reader", AccessRole.Reader, RunningHub.Cancel);
        await Hub.Get<RepositoryCatalog>().SetCollaboratorAsync(Owner, name, "writer", AccessRole.Writer, RunningHub.Cancel);
        if (state == MatrixState.Trashed)
            await Hub.Get<RepositoryCatalog>().TrashAsync(Owner, name, RunningHub.Cancel);
        return name;
    }

    private async Task RenewDraftAsync()
    {
        var desk = Hub.Get<DraftDesk>();
        if (Draft is not null)
        {
            foreach (var old in await desk.ListAsync(Owner, RunningHub.Cancel))
                await desk.CancelAsync(Owner, old.Id, RunningHub.Cancel);
        }

        var target = new DraftTarget { Name = RepositoryName.Of(Owner.Name, $"draft{++_count}"), Kind = RepositoryKind.Dataset };
        var draft = await desk.CreateAsync(Owner, target, RunningHub.Cancel);
        Draft = await desk.AnnounceAsync(Owner, draft.Id, [new AnnouncedFile("data.txt", 5)], cancel: RunningHub.Cancel);
    }

    private static IEnumerable<MatrixEndpoint> Read(IEnumerable<EndpointDataSource> sources) =>
        from endpoint in sources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        let pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/')
        where pattern.StartsWith("/api/hub", StringComparison.Ordinal) || pattern.StartsWith("/api/runs", StringComparison.Ordinal)
            || pattern.StartsWith("/api/workers", StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        select new MatrixEndpoint(
            endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? pattern, method, pattern, endpoint.Metadata.GetMetadata<ApiAccess>()?.Need);
}
