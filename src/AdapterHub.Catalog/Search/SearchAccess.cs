using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Search;

/// <summary>What an actor may see in lists and counts.</summary>
internal static class SearchAccess
{
    internal static IQueryable<Repository> Listed(CatalogContext context, Actor actor)
    {
        var live = context.Repositories.Where(repository => repository.DeletedAt == null);
        if (actor.IsAdministrator)
            return live;
        if (actor.UserId is not { } user)
            return live.Where(repository => repository.Visibility == RepositoryVisibility.Public);
        return live.Where(repository => repository.Visibility == RepositoryVisibility.Public
            || context.Users.Any(owner => owner.Id == user && owner.OwnerId == repository.OwnerId)
            || context.Memberships.Any(member => member.UserId == user && member.OrganizationId == repository.OwnerId && member.Role != AccessRole.None)
            || repository.Collaborators.Any(collaborator => collaborator.UserId == user && collaborator.Role != AccessRole.None));
    }
}
