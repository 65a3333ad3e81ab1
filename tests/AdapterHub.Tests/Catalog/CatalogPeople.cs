using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;

namespace AdapterHub.Tests.Catalog;

/// <summary>People and commits put straight into the tables, for tests of the parts that only read them.</summary>
internal static class CatalogPeople
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task<Actor> AddUserAsync(this TemporaryCatalog catalog, string name, bool administrator = false)
    {
        await using var context = await catalog.Contexts.CreateDbContextAsync();
        var user = new User
        {
            UserName = name,
            NormalizedUserName = name.ToUpperInvariant(),
            IsAdministrator = administrator,
            CreatedAt = Start,
            Owner = new Owner { Name = name, Kind = OwnerKind.User, CreatedAt = Start },
        };
        context.Users.Add(user);
        await context.SaveChangesAsync();
        return new Actor(user.Id, name, administrator, ActorScope.Full);
    }

    public static async Task AddOrganizationAsync(this TemporaryCatalog catalog, string name, params (Actor Member, AccessRole Role)[] members)
    {
        await using var context = await catalog.Contexts.CreateDbContextAsync();
        var owner = new Owner { Name = name, Kind = OwnerKind.Organization, CreatedAt = Start };
        context.Owners.Add(owner);
        foreach (var (member, role) in members)
            context.Memberships.Add(new Membership { Organization = owner, UserId = member.UserId!.Value, Role = role, CreatedAt = Start });
        await context.SaveChangesAsync();
    }

    /// <summary>A commit on main with one file, whose digest and id are made of <paramref name="seed"/>. No bytes.</summary>
    public static async Task<string> AddCommitAsync(this TemporaryCatalog catalog, long repositoryId, int seed, string path = "README.md")
    {
        await using var context = await catalog.Contexts.CreateDbContextAsync();
        var digest = seed.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);
        if (await context.Blobs.FindAsync(digest) is null)
            context.Blobs.Add(new Blob { Digest = digest, Length = seed, GitOid = digest[..40], CreatedAt = Start });
        var main = await context.References.FindAsync(repositoryId, ReferenceKind.Branch, Repository.DefaultBranch);
        var commit = new Commit
        {
            Id = (seed + 1000).ToString("x40", System.Globalization.CultureInfo.InvariantCulture),
            RepositoryId = repositoryId,
            ParentKey = main?.CommitKey,
            AuthorName = "ada",
            Title = $"commit {seed}",
            CreatedAt = Start.AddMinutes(seed),
        };
        commit.Files.Add(new CommitFile { Path = path, Digest = digest, Length = seed });
        context.Commits.Add(commit);
        await context.SaveChangesAsync();
        if (main is null)
            context.References.Add(new Reference { RepositoryId = repositoryId, Kind = ReferenceKind.Branch, Name = Repository.DefaultBranch, CommitKey = commit.Key });
        else
            main.CommitKey = commit.Key;
        await context.SaveChangesAsync();
        return commit.Id;
    }
}
