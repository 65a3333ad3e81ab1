using System.Buffers;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Storage;

/// <summary>
/// Bytes under their SHA-256, each once. They arrive in a quarantine file that is hashed while it is written, reach the disk, take their name
/// in one rename, and only then get their row: whenever the process dies, a name holds all of its bytes or does not exist.
/// </summary>
public sealed class BlobStore(CatalogPaths paths, IDbContextFactory<CatalogContext> contexts, StorageLimitsSource limits, TimeProvider time)
{
    private const int BufferLength = 1 << 17;

    /// <summary>Held while a file and its row come or go together, so that collecting never takes a file that is being stored again.</summary>
    internal SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>Where the bytes of a digest lie, whether or not they are there.</summary>
    /// <exception cref="CatalogException">Invalid: it is not 64 lower-case hex digits.</exception>
    public string PathOf(string digest)
    {
        if (!IsDigest(digest))
            throw new CatalogException(CatalogFault.Invalid, "A digest has 64 lower-case hex digits (SHA-256).");
        return Path.Combine(paths.Blobs, digest[..2], digest[2..]);
    }

    public bool Contains(string digest) => File.Exists(PathOf(digest));

    /// <summary>The bytes, for reading from any position. Whether the actor may have them is the caller's question.</summary>
    /// <exception cref="CatalogException">NotFound: no such bytes are stored.</exception>
    public FileStream OpenRead(string digest)
    {
        var path = PathOf(digest);
        try
        {
            // Deleting is shared: collecting takes the name away and leaves a download that runs its bytes.
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.Read | FileShare.Delete,
                Options = FileOptions.Asynchronous,
                BufferSize = 0,
            });
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CatalogException(CatalogFault.NotFound, $"No bytes are stored under {digest}.");
        }
    }

    /// <summary>Takes a stream to its end. Whoever sent the bytes may commit them, which the row of the receipt remembers.</summary>
    /// <exception cref="CatalogException">TooLarge past the limit; Invalid when length or digest are not as promised; QuotaExceeded; DiskFull.</exception>
    public async Task<StoredBlob> ReceiveAsync(Actor actor, Stream source, ExpectedContent? expected = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(source);
        actor.RequireWrite("upload files");
        expected = await LimitAsync(actor, expected ?? ExpectedContent.Anything, cancel);
        var quarantined = Path.Combine(paths.Quarantine, $"receive-{Guid.NewGuid():N}");
        try
        {
            var blob = await QuarantineAsync(quarantined, source, expected, cancel);
            await StoreAsync(actor, quarantined, blob, null, cancel);
            return blob;
        }
        catch (IOException full) when (StorageFault.IsDiskFull(full))
        {
            throw StorageFault.DiskFull(paths.Folder);
        }
        finally
        {
            File.Delete(quarantined);
        }
    }

    /// <summary>Moves a quarantine file, complete, on the disk and hashed, to its name and writes its rows.</summary>
    /// <param name="also">What else is written in the transaction of the rows.</param>
    internal async Task StoreAsync(Actor actor, string quarantined, StoredBlob blob, Func<CatalogContext, Task>? also, CancellationToken cancel)
    {
        var path = PathOf(blob.Digest);
        await Gate.WaitAsync(cancel);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // Over an existing file too: the bytes are the same, and a copy that the disk had damaged is whole again. The rename itself reaches
            // the disk with the row: committing it syncs the journal of the same file system.
            File.Move(quarantined, path, overwrite: true);
            await RecordAsync(actor, blob, also, cancel);
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>The hub's own limits hold whatever the caller allows.</summary>
    private async Task<ExpectedContent> LimitAsync(Actor actor, ExpectedContent expected, CancellationToken cancel)
    {
        var most = await limits(cancel);
        var limit = Math.Min(expected.Limit ?? long.MaxValue, most.FileBytes);
        if (expected.Length > limit)
            throw TooLarge(limit);
        DiskRoom.Require(paths.Folder, expected.Length ?? 0);
        if (actor.UserId is { } user)
        {
            await using var context = await contexts.CreateDbContextAsync(cancel);
            await OwnerQuota.RequireRoomForUploadsAsync(context, user, most, cancel);
        }

        return expected with { Limit = limit };
    }

    internal static bool IsDigest(string digest) => digest is { Length: 64 } && digest.All(char.IsAsciiHexDigitLower);

    internal static CatalogException TooLarge(long limit) =>
        new(CatalogFault.TooLarge, $"The file is larger than {ByteText.Of(limit)}, the most that is accepted here.");

    private static async Task<StoredBlob> QuarantineAsync(string path, Stream source, ExpectedContent expected, CancellationToken cancel)
    {
        using var hash = new ContentHash(expected.Length);
        await using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
        });
        await CopyAsync(source, file, hash, expected.Length ?? expected.Limit ?? long.MaxValue, cancel);
        if (hash.Length > expected.Limit)
            throw TooLarge(expected.Limit.Value);
        if (expected.Length is { } length && length != hash.Length)
        {
            throw new CatalogException(CatalogFault.Invalid, $"{ByteText.Of(length)} were announced ({length} exactly) and "
                + $"{(hash.Length > length ? "more" : $"{hash.Length}")} came; send the file again.");
        }

        var digest = hash.FinishDigest();
        if (expected.Digest is { } promised && promised != digest)
            throw new CatalogException(CatalogFault.Invalid, $"The bytes that came have the digest {digest}, and {promised} was announced; send the file again.");
        var gitOid = hash.FinishGitOid() ?? await SecondPassAsync(file, hash.Length, cancel);
        file.Flush(flushToDisk: true);
        return new StoredBlob(digest, hash.Length, gitOid);
    }

    /// <summary>Copies to the end of the source, or until one byte more than <paramref name="most"/> has come.</summary>
    private static async Task CopyAsync(Stream source, FileStream file, ContentHash hash, long most, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            for (int read; hash.Length <= most && (read = await source.ReadAsync(buffer.AsMemory(0, BufferLength), cancel)) > 0;)
            {
                hash.Append(buffer.AsSpan(0, read));
                await file.WriteAsync(buffer.AsMemory(0, read), cancel);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<string> SecondPassAsync(FileStream file, long length, CancellationToken cancel)
    {
        file.Position = 0;
        return (await ContentHash.OfAsync(file, length, cancel)).GitOid;
    }

    /// <summary>The row, or its time renewed, so that collecting counts its grace from the last arrival; and who brought the bytes.</summary>
    private async Task RecordAsync(Actor actor, StoredBlob blob, Func<CatalogContext, Task>? also, CancellationToken cancel)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        await context.Database.ExecuteSqlAsync($"""
            INSERT INTO "Blobs" ("Digest", "Length", "GitOid", "CreatedAt") VALUES ({blob.Digest}, {blob.Length}, {blob.GitOid}, {now})
            ON CONFLICT ("Digest") DO UPDATE SET "CreatedAt" = excluded."CreatedAt"
            """, cancel);
        if (actor.UserId is { } user)
        {
            await context.Database.ExecuteSqlAsync($"""
                INSERT INTO "BlobReceipts" ("Digest", "UserId", "At") VALUES ({blob.Digest}, {user}, {now})
                ON CONFLICT ("Digest", "UserId") DO UPDATE SET "At" = excluded."At"
                """, cancel);
        }

        if (also is not null)
            await also(context);
        await transaction.CommitAsync(cancel);
    }
}
