using AdapterHub.Catalog.Cards;
using AdapterHub.Catalog.Repositories;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>Where a card's relative links lead: pages of its repository, and pictures at the very commit that the card is of.</summary>
internal static class RepositoryLinks
{
    public static CardLinks For(RevisionView revision, string folder = "") => new()
    {
        Page = path => path.Length == 0 ? Addresses.Repository(revision.Repository) : Addresses.FilePage(revision.Repository, path),
        File = path => Addresses.Image(revision.Repository, revision.Commit.Id, path),
        Folder = folder,
        Here = Addresses.Repository(revision.Repository),
    };
}
