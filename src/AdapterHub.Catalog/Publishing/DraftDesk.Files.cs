using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Storage;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Publishing;

public sealed partial class DraftDesk
{
    private static readonly TimeSpan ReceptionTime = TimeSpan.FromHours(1);

    /// <summary>
    /// Says which files will come; each gets an id under which its bytes are sent. A path that the draft has already is taken over by the new
    /// file, or goes on where it stopped when both have the same announced digest. Bytes that the hub holds need not be sent.
    /// </summary>
    /// <param name="files">All that are known; a folder in one call.</param>
    /// <param name="stripsFolder">Whether one folder around everything is left out, as a dropped folder has it.</param>
    /// <exception cref="CatalogException">Invalid with every fault; TooLarge; QuotaExceeded or DiskFull, when they would not fit.</exception>
    public async Task<DraftView> AnnounceAsync(
        Actor actor, string draftId, IReadOnlyList<AnnouncedFile> files, bool stripsFolder = false, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (stripsFolder)
            files = StripFolder(files);
        var most = await limits(cancel);
        var empty = files.Any(file => file.Length == 0) ? await store.ReceiveAsync(actor, Stream.Null, new ExpectedContent { Length = 0 }, cancel) : null;
        var replaced = new List<string>();
        var view = await ChangeAsync(actor, draftId, async (context, draft) =>
        {
            var fresh = Announce(draft, files, most, replaced);
            var usable = await BlobAccess.FindUsableAsync(context, actor, fresh.Select(file => file.ExpectedDigest).OfType<string>(), cancel);
            foreach (var file in fresh)
            {
                if (file.Length == 0)
                    file.Digest = empty!.Digest;
                else if (file.ExpectedDigest is { } digest && usable.TryGetValue(digest, out var length) && length == file.Length)
                    file.Digest = digest;
            }

            context.DraftFiles.RemoveRange(draft.Files.Where(file => replaced.Contains(file.Id)).ToList());
            draft.Files.RemoveAll(file => replaced.Contains(file.Id));
            // The old file of a path goes before the new one comes: the path is unique.
            await context.SaveChangesAsync(cancel);
            context.DraftFiles.AddRange(fresh);
            await RequireRoomAsync(context, draft, most, cancel);
        }, cancel);
        replaced.ForEach(Forget);
        return view.Files.Any(file => !file.IsComplete && file.Received == file.Length) ? await GetAsync(actor, draftId, cancel) : view;
    }

    /// <summary>A file as it is now: where sending goes on.</summary>
    public async Task<DraftFileView> GetFileAsync(Actor actor, string draftId, string fileId, CancellationToken cancel = default)
    {
        var file = await RequireFileAsync(actor, draftId, fileId, cancel);
        return View(await CompleteLeftAsync(actor, [file]) ? await RequireFileAsync(actor, draftId, fileId, cancel) : file);
    }

    /// <summary>
    /// Adds bytes to the end of a file. When the stream breaks off, what arrived stays and sending goes on at the new offset; with the last byte
    /// the file is hashed, stored and complete.
    /// </summary>
    /// <param name="offset">Where the sender believes the file to be.</param>
    /// <exception cref="CatalogException">
    /// Conflict when the file is elsewhere (the message has the right offset), or while another connection sends it; Invalid for more bytes than
    /// were announced, or others than the announced digest's.
    /// </exception>
    public async Task<DraftFileView> AppendAsync(Actor actor, string draftId, string fileId, long offset, Stream source, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var file = await RequireFileAsync(actor, draftId, fileId, cancel);
        if (file.Digest is not null)
            return offset == file.Length ? View(file) : throw WrongOffset(file, file.Length);
        var reception = _receptions.GetOrAdd(file.Id, _ => new FileReception(PathOf(file.Id), file.Length));
        if (!reception.TryEnter())
            throw new CatalogException(CatalogFault.Conflict, $"{TreePath.Printable(file.Path)} is being sent over another connection. Wait until that one has ended, then go on.");
        try
        {
            reception.TouchedAt = time.GetUtcNow();
            if (FileReception.ReceivedOf(PathOf(file.Id)) is var received && received != offset)
                throw WrongOffset(file, received);
            if (await reception.AppendAsync(source, cancel))
                throw new CatalogException(CatalogFault.Invalid, $"{TreePath.Printable(file.Path)} was announced with {file.Length} bytes, and more came. Remove it and add it again.");
            if (FileReception.ReceivedOf(PathOf(file.Id)) == file.Length)
                file.Digest = await CompleteAsync(actor, file, reception);
            else
                await TouchAsync(file.DraftId);
        }
        catch (FileNotFoundException)
        {
            throw CatalogException.NotFound("This file of the draft");
        }
        catch (IOException full) when (StorageFault.IsDiskFull(full))
        {
            throw StorageFault.DiskFull(paths.Folder);
        }
        finally
        {
            reception.Leave();
            DropOldReceptions();
        }

        Tell(file.Draft);
        return View(file);
    }

    /// <summary>Gives a file another path.</summary>
    public Task<DraftView> RenameFileAsync(Actor actor, string draftId, string fileId, string path, CancellationToken cancel = default) =>
        ChangeAsync(actor, draftId, (_, draft) =>
        {
            FindFile(draft, fileId).Path = path;
            return RefuseIf(FaultsOf(draft));
        }, cancel);

    public async Task<DraftView> RemoveFileAsync(Actor actor, string draftId, string fileId, CancellationToken cancel = default)
    {
        var view = await ChangeAsync(actor, draftId, (context, draft) =>
        {
            context.DraftFiles.Remove(FindFile(draft, fileId));
            return Task.CompletedTask;
        }, cancel);
        Forget(fileId);
        return view;
    }

    private static DraftFile FindFile(Draft draft, string fileId) =>
        draft.Files.Find(file => file.Id == fileId) ?? throw CatalogException.NotFound("This file of the draft");

    private static CatalogException WrongOffset(DraftFile file, long received) =>
        new(CatalogFault.Conflict, $"{TreePath.Printable(file.Path)}: {received} of {file.Length} bytes are here; go on at offset {received}.");

    private static List<AnnouncedFile> StripFolder(IReadOnlyList<AnnouncedFile> files)
    {
        var folder = FolderAround.Find(files.Select(file => file.Path));
        return [.. files.Select(file => file with { Path = file.Path[folder.Length..] })];
    }

    /// <summary>The rows to add; ids of those that they replace go to <paramref name="replaced"/>.</summary>
    private List<DraftFile> Announce(Draft draft, IReadOnlyList<AnnouncedFile> files, StorageLimits most, List<string> replaced)
    {
        var faults = new List<string>();
        if (files.Any(file => file.Length > most.FileBytes))
        {
            var large = files.First(file => file.Length > most.FileBytes);
            throw new CatalogException(CatalogFault.TooLarge, $"{TreePath.Printable(large.Path)} has {ByteText.Of(large.Length)}, and files up to {ByteText.Of(most.FileBytes)} are accepted.");
        }

        faults.AddRange(files.Where(file => file.Length < 0).Select(file => $"{TreePath.Printable(file.Path)}: a file has no negative length"));
        faults.AddRange(files.Where(file => file.Digest is { } digest && !BlobStore.IsDigest(digest))
            .Select(file => $"{TreePath.Printable(file.Path)}: a digest has 64 lower-case hex digits (SHA-256)"));
        faults.AddRange(files.GroupBy(file => file.Path, StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => $"{TreePath.Printable(group.Key)}: it is named twice"));
        var fresh = new List<DraftFile>();
        foreach (var file in files)
        {
            if (draft.Files.Find(old => old.Path == file.Path) is { } old)
            {
                if (old.Length == file.Length && file.Digest is not null && (old.Digest ?? old.ExpectedDigest) == file.Digest)
                    continue;
                replaced.Add(old.Id);
            }

            fresh.Add(new DraftFile { Id = NewId(), DraftId = draft.Id, Path = file.Path, Length = file.Length, ExpectedDigest = file.Digest, CreatedAt = time.GetUtcNow() });
        }

        var after = draft.Files.Where(file => !replaced.Contains(file.Id)).Concat(fresh).Select(file => file.Path).ToList();
        faults.AddRange(FaultsOf(after));
        return faults.Count == 0 ? fresh : throw CommitPlan.Refuse(faults);
    }

    private static List<string> FaultsOf(Draft draft) => FaultsOf([.. draft.Files.Select(file => file.Path)]);

    private static List<string> FaultsOf(List<string> files)
    {
        var faults = files.Select(TreePath.FindFault).OfType<string>().Concat(TreePath.FindCollisions(files)).ToList();
        if (files.Count > RevisionTree.MostFiles)
            faults.Insert(0, $"The draft would have {files.Count} files, and {RevisionTree.MostFiles} are allowed; pack small files together.");
        return faults;
    }

    private static Task RefuseIf(List<string> faults) => faults.Count == 0 ? Task.CompletedTask : throw CommitPlan.Refuse(faults);

    /// <summary>The one file, since a draft may have thousands.</summary>
    private async Task<DraftFile> RequireFileAsync(Actor actor, string draftId, string fileId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var user = RequireUser(actor);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        return await context.DraftFiles.AsNoTracking().Include(file => file.Draft)
            .SingleOrDefaultAsync(file => file.Id == fileId && file.DraftId == draftId && file.Draft.UserId == user, cancel)
            ?? throw CatalogException.NotFound("This file of the draft");
    }

    /// <summary>Stores the complete file. Not cancelled with the connection that brought its last byte: what is complete stays so.</summary>
    private async Task<string> CompleteAsync(Actor actor, DraftFile file, FileReception reception)
    {
        var blob = await reception.SealAsync(CancellationToken.None);
        if (file.ExpectedDigest is { } expected && expected != blob.Digest)
        {
            File.Delete(PathOf(file.Id));
            throw new CatalogException(CatalogFault.Invalid, $"{TreePath.Printable(file.Path)}: the bytes that came have the digest {blob.Digest}, and {expected} was announced. Send the file again.");
        }

        var now = time.GetUtcNow();
        await store.StoreAsync(actor, PathOf(file.Id), blob, async context =>
        {
            await context.DraftFiles.Where(row => row.Id == file.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Digest, blob.Digest));
            var draft = context.Drafts.Where(row => row.Id == file.DraftId);
            await draft.ExecuteUpdateAsync(set => set.SetProperty(row => row.UpdatedAt, now));
            // A README.md that was brought after the card had been edited is the one that is meant.
            if (file.Path == CardFile)
                await draft.ExecuteUpdateAsync(set => set.SetProperty(row => row.Card, (string?)null));
        }, CancellationToken.None);
        if (_receptions.TryRemove(file.Id, out var done))
            done.Dispose();
        return blob.Digest;
    }

    /// <summary>
    /// Completes files of which all bytes are there and nothing came of it: the process died after the last byte. Nobody would send them
    /// anything more. True when one was completed.
    /// </summary>
    private async Task<bool> CompleteLeftAsync(Actor actor, IEnumerable<DraftFile> files)
    {
        var completed = false;
        foreach (var file in files.Where(file => file.Digest is null && FileReception.ReceivedOf(PathOf(file.Id)) == file.Length).ToList())
        {
            var reception = _receptions.GetOrAdd(file.Id, _ => new FileReception(PathOf(file.Id), file.Length));
            // Somebody who sends it right now completes it, too.
            if (!reception.TryEnter())
                continue;
            try
            {
                await CompleteAsync(actor, file, reception);
                completed = true;
            }
            catch (Exception gone) when (gone is FileNotFoundException or CatalogException)
            {
                // Completed or removed meanwhile, or other bytes than were announced: those are sent again from the start.
                completed = true;
            }
            finally
            {
                reception.Leave();
            }
        }

        return completed;
    }

    private async Task TouchAsync(string draftId)
    {
        var now = time.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
        await context.Drafts.Where(draft => draft.Id == draftId).ExecuteUpdateAsync(set => set.SetProperty(draft => draft.UpdatedAt, now), CancellationToken.None);
    }

    /// <summary>A file that nobody sent for a while loses the hash that was under way, not its bytes.</summary>
    private void DropOldReceptions()
    {
        var before = time.GetUtcNow() - ReceptionTime;
        foreach (var (id, reception) in _receptions)
        {
            if (reception.TouchedAt >= before || !reception.TryEnter())
                continue;
            if (_receptions.TryRemove(id, out _))
                reception.Dispose();
            reception.Leave();
        }
    }

    /// <summary>Throws unless everything announced fits the owner's quota and the disk.</summary>
    private async Task RequireRoomAsync(CatalogContext context, Draft draft, StorageLimits most, CancellationToken cancel)
    {
        var owner = draft.OwnerName.Length > 0
            ? await context.Owners.SingleOrDefaultAsync(row => row.Name == draft.OwnerName, cancel) ?? throw CatalogException.NotFound($"The owner {draft.OwnerName}")
            : await context.Users.Where(user => user.Id == draft.UserId).Select(user => user.Owner).SingleAsync(cancel);
        await context.SaveChangesAsync(cancel);
        var announced = await context.DraftFiles.Where(file => file.Draft.UserId == draft.UserId)
            .Select(file => new { file.Id, file.Length, Key = file.Digest ?? file.Id, IsComplete = file.Digest != null }).ToListAsync(cancel);
        await OwnerQuota.RequireRoomAsync(context, owner, announced.GroupBy(file => file.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First().Length, StringComparer.Ordinal), most, cancel);
        var missing = announced.Where(file => !file.IsComplete).Sum(file => file.Length - FileReception.ReceivedOf(PathOf(file.Id)));
        DiskRoom.Require(paths.Folder, missing);
    }
}
