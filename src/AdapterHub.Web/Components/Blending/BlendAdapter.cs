using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Repositories;

namespace AdapterHub.Web.Components.Blending;

/// <summary>An adapter of a plan with what the catalogue knows of it.</summary>
/// <param name="Share">As the plan has it.</param>
/// <param name="View">Null where it is not there for the reader.</param>
/// <param name="Fault">Why it is not.</param>
public sealed record BlendAdapter(BlendShare Share, RepositoryView? View, string? Fault)
{
    /// <summary>Asks the catalogue; what it has against the reader becomes the fault.</summary>
    public static async Task<BlendAdapter> FindAsync(RepositoryCatalog repositories, Actor actor, BlendShare share, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(repositories);
        ArgumentNullException.ThrowIfNull(share);
        try
        {
            return new BlendAdapter(share, await repositories.GetAsync(actor, share.Name, cancel), null);
        }
        catch (CatalogException refusal)
        {
            return new BlendAdapter(share, null, refusal.Message);
        }
    }
}
