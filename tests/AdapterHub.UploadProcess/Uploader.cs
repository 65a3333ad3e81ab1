using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;

namespace AdapterHub.UploadProcess;

/// <summary>Publishes revision after revision in every way that there is, and first goes on with what another process left half done.</summary>
internal sealed class Uploader(Actor actor, DraftDesk desk, BlobStore store, Publisher publisher, RepositoryCatalog repositories, RevisionReader reader, OrphanCollector orphans, Random random)
{
    private const int Repositories = 4;

    public async Task RunAsync()
    {
        foreach (var draft in await desk.ListAsync(actor))
            await FinishAsync(draft);
        while (true)
        {
            Tell();
            var name = RepositoryName.Of(actor.Name, string.Create(CultureInfo.InvariantCulture, $"set-{random.Next(Repositories)}"));
            var revision = await NextRevisionAsync(name);
            switch (random.Next(4))
            {
                case 0:
                    await CommitAsync(name, revision);
                    break;
                case 1:
                    await UnpackAsync(name, revision);
                    break;
                case 2 when random.Next(4) == 0:
                    await orphans.CollectAsync(Actor.Hub, TimeSpan.FromSeconds(1));
                    break;
                default:
                    await FinishAsync(await BeginAsync(name));
                    break;
            }
        }
    }

    private async Task<int> NextRevisionAsync(RepositoryName name)
    {
        if (await repositories.FindAsync(actor, name, default) is null || await reader.FindRevisionAsync(actor, name, null, default) is not { } head)
            return 1;
        await using var card = store.OpenRead(head.Find(UploadedFiles.CardPath)!.Digest);
        using var text = new StreamReader(card);
        return UploadedFiles.FindRevision(await text.ReadToEndAsync())!.Value + 1;
    }

    /// <summary>Blobs first, and then one commit that names them.</summary>
    private async Task CommitAsync(RepositoryName name, int revision)
    {
        var files = new List<FileChange>();
        foreach (var path in Paths(revision))
        {
            var bytes = UploadedFiles.ContentOf(name.ToString(), revision, path);
            var expected = random.Next(2) == 0 ? null : new ExpectedContent { Length = bytes.Length };
            files.Add(FileChange.Put(path, (await store.ReceiveAsync(actor, new MemoryStream(bytes), expected)).Digest));
            Tell();
        }

        var request = new CommitRequest { Message = $"Revision {revision}", Files = files, ReplacesTree = true };
        _ = revision == 1 && await repositories.FindAsync(actor, name, default) is null
            ? await publisher.CreateAsync(actor, new NewRepository(name, RepositoryKind.Dataset, RepositoryVisibility.Public), request)
            : await publisher.CommitAsync(actor, name, request);
    }

    private Task<DraftView> BeginAsync(RepositoryName name) =>
        desk.CreateAsync(actor, new DraftTarget { Name = name, Kind = RepositoryKind.Dataset, Visibility = RepositoryVisibility.Public });

    private async Task UnpackAsync(RepositoryName name, int revision)
    {
        using var zip = new MemoryStream();
        await using (var archive = await ZipArchive.CreateAsync(zip, ZipArchiveMode.Create, leaveOpen: true, null))
        {
            // All that an earlier revision may have: a draft adds to what is there.
            foreach (var path in AllPaths())
            {
                await using var entry = await archive.CreateEntry($"folder/{path}", CompressionLevel.Fastest).OpenAsync();
                await entry.WriteAsync(UploadedFiles.ContentOf(name.ToString(), revision, path));
            }
        }

        var draft = await BeginAsync(name);
        var file = (await desk.AnnounceAsync(actor, draft.Id, [new AnnouncedFile("upload.zip", zip.Length)])).Files.Single();
        zip.Position = 0;
        await desk.AppendAsync(actor, draft.Id, file.Id, 0, zip);
        Tell();
        await desk.UnpackAsync(actor, draft.Id, file.Id);
        Tell();
        await desk.PublishAsync(actor, draft.Id, $"Revision {revision}");
    }

    /// <summary>
    /// Sends what a draft lacks, in parts, each at the offset that the hub tells, and publishes it. A draft that was begun for a revision which
    /// another way made meanwhile is begun again for the next.
    /// </summary>
    private async Task FinishAsync(DraftView draft)
    {
        var name = draft.Name!.Value;
        var revision = await NextRevisionAsync(name);
        if (draft.Files.Any(file => file.IsArchive) || draft.Files.Count > 0 && random.Next(3) == 0)
        {
            await desk.CancelAsync(actor, draft.Id);
            return;
        }

        var wanted = AllPaths().ToDictionary(path => path, path => UploadedFiles.ContentOf(name.ToString(), revision, path), StringComparer.Ordinal);
        draft = await desk.AnnounceAsync(actor, draft.Id, [.. wanted.Select(file => new AnnouncedFile(file.Key, file.Value.Length, Digest(file.Value)))]);
        foreach (var file in draft.Files.Where(file => !file.IsComplete))
        {
            for (var offset = file.Received; offset < file.Length;)
            {
                var part = (int)Math.Min(file.Length - offset, random.Next(1, 100_000));
                offset = (await desk.AppendAsync(actor, draft.Id, file.Id, offset, new MemoryStream(wanted[file.Path], (int)offset, part))).Received;
                Tell();
            }
        }

        await desk.PublishAsync(actor, draft.Id, $"Revision {revision}");
    }

    private static IEnumerable<string> Paths(int revision) =>
        Enumerable.Range(0, UploadedFiles.CountOf(revision)).Select(UploadedFiles.PathOf).Append(UploadedFiles.CardPath);

    private static IEnumerable<string> AllPaths() => Enumerable.Range(0, 4).Select(UploadedFiles.PathOf).Append(UploadedFiles.CardPath);

    /// <summary>One line for each step, so that whoever kills this process can choose at which.</summary>
    private static void Tell() => Console.WriteLine("step");

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
