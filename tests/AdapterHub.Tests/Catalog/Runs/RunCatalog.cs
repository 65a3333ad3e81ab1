using System.Text;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Runs;
using AdapterHub.Catalog.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace AdapterHub.Tests.Catalog.Runs;

/// <summary>A catalogue with a base model, a dataset, people and a worker.</summary>
internal sealed class RunCatalog : IAsyncDisposable
{
    private RunCatalog(TemporaryCatalog catalog, ManualTime time) => (Catalog, Time) = (catalog, time);

    public TemporaryCatalog Catalog { get; }

    public ManualTime Time { get; }

    public Actor Ada { get; private set; } = null!;

    public Actor Bob { get; private set; } = null!;

    public WorkerIdentity Worker { get; private set; } = null!;

    public RunDesk Desk => Catalog.Get<RunDesk>();

    public LeaseDesk Leases => Catalog.Get<LeaseDesk>();

    public RunReader Reader => Catalog.Get<RunReader>();

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<RunCatalog> CreateAsync()
    {
        var time = new ManualTime();
        var runs = new RunCatalog(await TemporaryCatalog.CreateAsync(services => services.AddSingleton<TimeProvider>(time)), time);
        runs.Ada = await runs.Catalog.AddUserAsync("ada");
        runs.Bob = await runs.Catalog.AddUserAsync("bob");
        await runs.AddRepositoryAsync(runs.Ada, "base", RepositoryKind.BaseModel, RepositoryVisibility.Public, ("config.json", "{}"), ("tokenizer.json", "{}"));
        await runs.AddRepositoryAsync(runs.Ada, "texts", RepositoryKind.Dataset, RepositoryVisibility.Public, ("train.txt", "text"), ("more/b.jsonl", "{}"), ("picture.png", "no"));
        runs.Worker = await runs.AddWorkerAsync("w1");
        return runs;
    }

    public async Task<WorkerIdentity> AddWorkerAsync(string name, bool hasGpu = false)
    {
        var registry = Catalog.Get<WorkerRegistry>();
        var worker = (await registry.FindAsync((await registry.CreateAsync(Actor.Hub, name, Cancel)).Token, Cancel))!;
        await Leases.RegisterAsync(worker, new WorkerDescription(hasGpu ? "cuda" : "cpu", hasGpu, null, "1"), Cancel);
        return worker;
    }

    /// <summary>Put straight into the tables: what is in the files does not matter here.</summary>
    public async Task AddRepositoryAsync(Actor owner, string name, RepositoryKind kind, RepositoryVisibility visibility, params (string Path, string Text)[] files)
    {
        var made = await Catalog.Get<RepositoryCatalog>().CreateAsync(owner, new NewRepository(RepositoryName.Of(owner.Name, name), kind, visibility), Cancel);
        await using var context = await Catalog.Contexts.CreateDbContextAsync(Cancel);
        var commit = new Commit { Id = made.Id.ToString("x40", System.Globalization.CultureInfo.InvariantCulture), RepositoryId = made.Id, AuthorName = owner.Name, Title = "files", CreatedAt = Time.GetUtcNow() };
        foreach (var (path, text) in files)
        {
            using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(text));
            var blob = await Catalog.Get<BlobStore>().ReceiveAsync(owner, bytes, cancel: Cancel);
            commit.Files.Add(new CommitFile { Path = path, Digest = blob.Digest, Length = blob.Length });
        }

        context.Commits.Add(commit);
        await context.SaveChangesAsync(Cancel);
        context.References.Add(new Reference { RepositoryId = made.Id, Kind = ReferenceKind.Branch, Name = Repository.DefaultBranch, CommitKey = commit.Key });
        await context.SaveChangesAsync(Cancel);
    }

    public RunSubmission Submission(string owner = "ada", string? key = null) => new()
    {
        Owner = owner, Name = "a run", Kind = RunKind.Evaluate, SpecJson = "{}", Base = "ada/base", Texts = ["ada/texts"], RequestKey = key,
    };

    public async Task<long> StartAsync(Actor actor, Func<RunSubmission, RunSubmission>? change = null)
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        return (await Desk.StartAsync(actor, (change ?? (s => s))(Submission(actor.Name)), Cancel)).Run.Id;
    }

    public async Task<RunLease> LeaseAsync(WorkerIdentity? worker = null)
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        return (await Leases.LeaseAsync(worker ?? Worker, TimeSpan.Zero, Cancel)).ShouldNotBeNull();
    }

    public Task FinishAsync(RunLease lease, RunOutcome outcome = RunOutcome.Succeeded, WorkerIdentity? worker = null) =>
        Leases.FinishAsync(worker ?? Worker, lease.RunId, lease.Token, new RunFinish { Outcome = outcome }, Cancel);

    public async Task<RunState> StateAsync(long id) => (await Reader.GetAsync(Actor.Hub, id, Cancel)).State;

    public IncomingRunEvent Step(long number, int step) => new(number, Time.GetUtcNow(), "step", step, $$"""{"event":"step","step":{{step}},"loss":{{10 - step}}}""");

    public async Task<IReadOnlyList<RunEventView>> EventsAsync(long id) => await Reader.ReadEventsAsync(Actor.Hub, id, 0, 1000, Cancel);

    public ValueTask DisposeAsync() => Catalog.DisposeAsync();
}
