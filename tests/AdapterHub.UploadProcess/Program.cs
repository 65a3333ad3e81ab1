using System.Globalization;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using AdapterHub.UploadProcess;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

// AdapterHub.UploadProcess FOLDER SEED: publishes into the catalogue of that folder, a line of output a step, until somebody kills it.
var paths = new CatalogPaths(args[0]);
await using var services = new ServiceCollection().AddLogging().AddCatalog(paths).BuildServiceProvider();
var contexts = services.GetRequiredService<IDbContextFactory<CatalogContext>>();
await Schema.MigrateAsync(contexts);
await using (var context = await contexts.CreateDbContextAsync())
{
    if (!await context.Users.AnyAsync())
    {
        var owner = new Owner { Name = "ada", Kind = OwnerKind.User };
        context.Users.Add(new User { UserName = "ada", NormalizedUserName = "ADA", Owner = owner });
        await context.SaveChangesAsync();
    }
}

await using (var context = await contexts.CreateDbContextAsync())
{
    var user = await context.Users.SingleAsync();
    var uploader = new Uploader(new Actor(user.Id, "ada", false, ActorScope.Full), Get<DraftDesk>(), Get<BlobStore>(), Get<Publisher>(),
        Get<RepositoryCatalog>(), Get<RevisionReader>(), Get<OrphanCollector>(), new Random(int.Parse(args[1], CultureInfo.InvariantCulture)));
    await uploader.RunAsync();
}

T Get<T>() where T : notnull => services.GetRequiredService<T>();
