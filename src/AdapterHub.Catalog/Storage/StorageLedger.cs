using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Storage;

/// <param name="Name">Of a person or an organisation.</param>
/// <param name="Kind">Which of the two.</param>
/// <param name="Bytes">As its quota counts them.</param>
/// <param name="QuotaBytes">A limit of its own; null where the hub's default holds.</param>
/// <param name="Repositories">Outside the trash.</param>
/// <param name="InTrash">In it.</param>
public sealed record OwnerStorage(string Name, OwnerKind Kind, long Bytes, long? QuotaBytes, int Repositories, int InTrash);

/// <param name="Blobs">Different files.</param>
/// <param name="BlobBytes">What they take on the disk.</param>
/// <param name="NamedBytes">What they would take if every file of every newest and older revision were a copy of its own.</param>
/// <param name="ArrivingBytes">Files on their way, and what broken uploads left.</param>
/// <param name="DatabaseBytes">The database with its log.</param>
/// <param name="FreeBytes">Left on the disk; null where that cannot be found out.</param>
/// <param name="Owners">The greatest first.</param>
public sealed record StorageState(
    int Blobs, long BlobBytes, long NamedBytes, long ArrivingBytes, long DatabaseBytes, long? FreeBytes, IReadOnlyList<OwnerStorage> Owners);

/// <summary>Where the bytes are, for administrators.</summary>
public sealed class StorageLedger(CatalogPaths paths, IDbContextFactory<CatalogContext> contexts)
{
    private const int MostOwners = 50;

    public async Task<StorageState> ReadAsync(Actor actor, CancellationToken cancel)
    {
        actor.RequireAdministrator("see the storage of the hub");
        await using var context = await contexts.CreateDbContextAsync(cancel);
        return new StorageState(
            await context.Blobs.CountAsync(cancel),
            await context.Blobs.SumAsync(blob => blob.Length, cancel),
            await context.CommitFiles.SumAsync(file => file.Length, cancel),
            SumFiles(paths.Quarantine, "*"),
            SumFiles(Path.GetDirectoryName(paths.Database)!, Path.GetFileName(paths.Database) + "*"),
            FindFreeBytes(),
            await OwnersAsync(context, cancel));
    }

    private static async Task<List<OwnerStorage>> OwnersAsync(CatalogContext context, CancellationToken cancel)
    {
        var bytes = from file in context.CommitFiles
                    join commit in context.Commits on file.CommitKey equals commit.Key
                    select new { commit.Repository.OwnerId, file.Digest, file.Length };
        var greatest = await bytes.Distinct().GroupBy(file => file.OwnerId).Select(group => new { Id = group.Key, Bytes = group.Sum(file => file.Length) })
            .OrderByDescending(owner => owner.Bytes).Take(MostOwners).ToListAsync(cancel);
        var ids = greatest.ConvertAll(owner => owner.Id);
        var owners = await context.Owners.AsNoTracking().Where(owner => ids.Contains(owner.Id)).ToDictionaryAsync(owner => owner.Id, cancel);
        var counts = await context.Repositories.Where(repository => ids.Contains(repository.OwnerId)).GroupBy(repository => repository.OwnerId)
            .Select(group => new { Id = group.Key, All = group.Count(), InTrash = group.Count(repository => repository.DeletedAt != null) })
            .ToDictionaryAsync(count => count.Id, cancel);
        return greatest.ConvertAll(owner => new OwnerStorage(
            owners[owner.Id].Name, owners[owner.Id].Kind, owner.Bytes, owners[owner.Id].QuotaBytes,
            counts[owner.Id].All - counts[owner.Id].InTrash, counts[owner.Id].InTrash));
    }

    private static long SumFiles(string folder, string pattern) => FolderFiles.Of(folder, pattern).Sum(file => file.Length);

    private long? FindFreeBytes()
    {
        try
        {
            return new DriveInfo(paths.Folder).AvailableFreeSpace;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
