using AdapterHub.Catalog;
using AdapterHub.Catalog.Repositories;
using Microsoft.AspNetCore.Mvc;

namespace AdapterHub.Web.Api.Hub;

/// <summary>The repository in an address.</summary>
internal readonly struct RepositoryPath
{
    /// <summary>Who the repository belongs to: a person or an organisation.</summary>
    [FromRoute(Name = "owner")]
    public required string Owner { get; init; }

    /// <summary>The repository's own name.</summary>
    [FromRoute(Name = "name")]
    public required string Repository { get; init; }

    /// <summary>What cannot be a name is answered like a name that nothing has.</summary>
    public RepositoryName Name => RepositoryName.TryParse($"{Owner}/{Repository}", out var name) ? name
        : throw CatalogException.NotFound($"The repository {Owner}/{Repository}");

    /// <summary>
    /// Kestrel decodes an address but for <c>%2F</c>, so that a branch <c>a/b</c> can stand in one part of it.
    /// </summary>
    public static string Decoded(string part) => part.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
