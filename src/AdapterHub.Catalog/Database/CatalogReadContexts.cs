using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Database;

/// <summary>Contexts that can only read: their connections cannot write and are pooled apart from the writers'.</summary>
public sealed class CatalogReadContexts(DbContextOptions<CatalogContext> options) : IDbContextFactory<CatalogContext>
{
    public CatalogContext CreateDbContext() => new(options);
}
