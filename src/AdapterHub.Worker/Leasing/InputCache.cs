using AdapterHub.Protocol.Workers;

namespace AdapterHub.Worker.Leasing;

/// <summary>
/// Files of runs under their digests: a base model is fetched once, however many runs train on it. A file is there whole or not at all. What was not
/// used for longest goes when the cache is over its size.
/// </summary>
internal sealed class InputCache(string folder, long mostBytes, TimeProvider time)
{
    /// <summary>Fetches what is missing and places it: weights as a symbolic link, since copying a base model costs minutes.</summary>
    public async Task PlaceAsync(WorkerClient client, LeasedRun lease, LeasedFile file, string target, CancellationToken cancel)
    {
        var path = PathOf(file.Digest);
        if (new FileInfo(path) is not { Exists: true } there || there.Length != file.Length)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            MakeRoom(file.Length);
            await client.FetchAsync(lease, file, path, cancel).ConfigureAwait(false);
        }

        File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (target.EndsWith(".safetensors", StringComparison.Ordinal))
            File.CreateSymbolicLink(target, path);
        else
            File.Copy(path, target);
    }

    private string PathOf(string digest) => digest.Length == 64 && digest.All(char.IsAsciiHexDigitLower) ? Path.Combine(folder, digest[..2], digest[2..])
        : throw new RunInputException($"The hub names a file by \"{digest}\", which is no digest.");

    private void MakeRoom(long bytes)
    {
        var files = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.LastWriteTimeUtc).ToList();
        var total = files.Sum(file => file.Length) + bytes;
        foreach (var file in files)
        {
            if (total <= mostBytes)
                break;
            total -= file.Length;
            file.Delete();
        }
    }
}
