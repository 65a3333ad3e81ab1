using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Storage;

namespace AdapterHub.Catalog.Publishing;

public sealed partial class DraftDesk
{
    /// <summary>
    /// Puts the files of a complete zip archive in its place. All of it is checked first, and either every file comes or none. Archives within
    /// the archive stay as they are.
    /// </summary>
    /// <exception cref="CatalogException">Invalid with every fault of the archive; QuotaExceeded; TooLarge.</exception>
    public async Task<DraftView> UnpackAsync(Actor actor, string draftId, string fileId, CancellationToken cancel = default)
    {
        var file = await RequireFileAsync(actor, draftId, fileId, cancel);
        if (file.Digest is not { } digest)
            throw new CatalogException(CatalogFault.Conflict, $"{TreePath.Printable(file.Path)} is still arriving; unpack it when it is complete.");
        var most = await limits(cancel);
        await using var stream = store.OpenRead(digest);
        using var archive = ZipUpload.Open(stream);
        if (archive.Entries.FirstOrDefault(entry => entry.Length > most.FileBytes) is { } large)
            throw new CatalogException(CatalogFault.TooLarge, $"{TreePath.Printable(large.Path)} has {ByteText.Of(large.Length)}, and files up to {ByteText.Of(most.FileBytes)} are accepted.");
        // Once for the sizes that the archive states, before anything is unpacked, and once for the blobs.
        await PlaceAsync(actor, file, archive.Entries.ToDictionary(entry => entry.Path, entry => (entry.Length, (string?)null), StringComparer.Ordinal), most, keeps: false, cancel);
        var unpacked = new Dictionary<string, (long Length, string? Digest)>(StringComparer.Ordinal);
        foreach (var entry in archive.Entries)
            unpacked[entry.Path] = (entry.Length, (await UnpackAsync(actor, entry, cancel)).Digest);
        return await PlaceAsync(actor, file, unpacked, most, keeps: true, cancel);
    }

    private async Task<StoredBlob> UnpackAsync(Actor actor, ZipUploadEntry entry, CancellationToken cancel)
    {
        try
        {
            await using var stream = await entry.Entry.OpenAsync(cancel);
            await using var checking = new Crc32Stream(stream);
            var blob = await store.ReceiveAsync(actor, checking, new ExpectedContent { Length = entry.Length }, cancel);
            return checking.Crc == entry.Entry.Crc32
                ? blob
                : throw ZipUpload.Broken($"{entry.Path} is damaged: its checksum is not the one that the archive has for it.");
        }
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            throw ZipUpload.Broken($"{entry.Path}: {broken.Message}");
        }
    }

    /// <summary>Replaces the archive by its files in one transaction; without <paramref name="keeps"/> only looks whether that may be done.</summary>
    private async Task<DraftView> PlaceAsync(Actor actor, DraftFile archive, IReadOnlyDictionary<string, (long Length, string? Digest)> files,
        StorageLimits most, bool keeps, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var draft = await RequireAsync(context, actor, archive.DraftId, cancel);
        var gone = draft.Files.Where(file => file.Id == archive.Id || files.ContainsKey(file.Path)).ToList();
        context.DraftFiles.RemoveRange(gone);
        draft.Files.RemoveAll(gone.Contains);
        await context.SaveChangesAsync(cancel);
        context.DraftFiles.AddRange(files.Select(file => new DraftFile
        {
            Id = NewId(),
            DraftId = draft.Id,
            Path = file.Key,
            Length = file.Value.Length,
            Digest = file.Value.Digest,
            CreatedAt = time.GetUtcNow(),
        }));
        if (FaultsOf(draft) is { Count: > 0 } faults)
            throw CommitPlan.Refuse(faults);
        await RequireRoomAsync(context, draft, most, cancel);
        if (files.ContainsKey(CardFile))
            draft.Card = null;
        draft.UpdatedAt = time.GetUtcNow();
        await context.SaveChangesAsync(cancel);
        if (keeps)
        {
            await transaction.CommitAsync(cancel);
            gone.ForEach(file => Forget(file.Id));
            Tell(draft);
        }

        return View(draft);
    }
}
