using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Search;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Tests.Catalog.Search;

/// <summary>Fills a real catalogue with people and repositories, the way the catalogue's own writers do: rows, then words, in one transaction.</summary>
internal sealed class SearchLibrary(TemporaryCatalog catalog) : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private int _made;

    internal static async Task<SearchLibrary> CreateAsync() => new(await TemporaryCatalog.CreateAsync());

    internal TemporaryCatalog Catalog => catalog;

    internal SearchService Search => catalog.Get<SearchService>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal async Task<Actor> UserAsync(string name, bool administrator = false)
    {
        await using var context = await catalog.Contexts.CreateDbContextAsync(Cancel);
        var user = new User { UserName = name, NormalizedUserName = name, IsAdministrator = administrator, Owner = new Owner { Name = name }, SecurityStamp = "" };
        context.Users.Add(user);
        await context.SaveChangesAsync(Cancel);
        return new Actor(user.Id, name, administrator, ActorScope.Full);
    }

    internal async Task<long> OrganizationAsync(string name, params (Actor Member, AccessRole Role)[] members)
    {
        await using var context = await catalog.Contexts.CreateDbContextAsync(Cancel);
        var owner = new Owner { Name = name, Kind = OwnerKind.Organization };
        context.Owners.Add(owner);
        foreach (var (member, role) in members)
            context.Memberships.Add(new Membership { Organization = owner, UserId = member.UserId!.Value, Role = role });
        await context.SaveChangesAsync(Cancel);
        return owner.Id;
    }

    /// <param name="fullName"><c>owner/name</c>; the owner is made if there is none.</param>
    /// <param name="card">The card's text.</param>
    /// <param name="change">Sets what matters to the test.</param>
    internal async Task<long> AddAsync(string fullName, string card = "", Action<Repository>? change = null)
    {
        var (owner, name) = (fullName.Split('/')[0], fullName.Split('/')[1]);
        var made = Start.AddMinutes(_made++);
        var repository = new Repository { Name = name, Title = name, CreatedAt = made, UpdatedAt = made };
        await WriteAsync(async context =>
        {
            repository.Owner = await context.Owners.FirstOrDefaultAsync(o => o.Name == owner, Cancel) ?? new Owner { Name = owner };
            change?.Invoke(repository);
            context.Repositories.Add(repository);
            await context.SaveChangesAsync(Cancel);
            await SearchIndex.UpdateAsync(context, repository.Id, card, Cancel);
        });
        return repository.Id;
    }

    internal Task ChangeAsync(long id, Action<Repository> change) => WriteAsync(async context =>
    {
        change(await context.Repositories.Include(repository => repository.Tags).Include(repository => repository.Collaborators)
            .SingleAsync(repository => repository.Id == id, Cancel));
        await context.SaveChangesAsync(Cancel);
        await SearchIndex.UpdateAsync(context, id, Cancel);
    });

    internal async Task WriteAsync(Func<CatalogContext, Task> write)
    {
        await using var context = await catalog.Contexts.CreateDbContextAsync(Cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(Cancel);
        await write(context);
        await transaction.CommitAsync(Cancel);
    }

    /// <summary>Full names of everything that a query finds, page by page.</summary>
    internal async Task<List<string>> FindAsync(string queryString, Actor? actor = null)
    {
        var query = SearchQueryString.Read(queryString);
        var found = new List<string>();
        SearchPage page;
        do
        {
            page = await Search.SearchAsync(actor ?? Actor.Anonymous, query, Cancel);
            page.Offset.ShouldBe(found.Count);
            found.AddRange(page.Items.Select(item => item.FullName));
            query = query with { After = page.Next };
        }
        while (page.Next is not null);
        page.Total.ShouldBe(found.Count);
        return found;
    }

    internal Task<SearchPage> PageAsync(string queryString, Actor? actor = null) =>
        Search.SearchAsync(actor ?? Actor.Anonymous, SearchQueryString.Read(queryString), Cancel);

    public ValueTask DisposeAsync() => catalog.DisposeAsync();
}
