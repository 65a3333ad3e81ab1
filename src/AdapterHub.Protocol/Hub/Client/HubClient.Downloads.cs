using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace AdapterHub.Protocol.Hub.Client;

public sealed partial class HubClient
{
    /// <summary>
    /// Fetches a file of a revision to <paramref name="target"/>: into <c>target.part</c> first, which a later call goes on with, then hashed
    /// as a whole, brought to the disk and renamed. A file at the target is complete and is the right one, or is not touched.
    /// </summary>
    /// <param name="name"><c>owner/name</c>.</param>
    /// <param name="revision">A commit id; a branch would move under a resumed download.</param>
    /// <param name="file">As the revision lists it.</param>
    /// <param name="target">In a folder that exists.</param>
    /// <param name="progress">Hears how many bytes are there.</param>
    /// <param name="cancel">Stops it; a later call goes on.</param>
    public async Task DownloadAsync(string name, string revision, HubFile file, string target, IProgress<long>? progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(file);
        var path = $"{Root}/{Repository(name)}/files/{Escape(revision)}/{EscapePath(file.Path)}";
        var partial = target + ".part";
        if (!await FetchAsync(path, file, partial, progress, cancel).ConfigureAwait(false))
        {
            // The part of an earlier call may have been damaged; what comes in one piece has to be right.
            File.Delete(partial);
            if (!await FetchAsync(path, file, partial, progress, cancel).ConfigureAwait(false))
            {
                File.Delete(partial);
                throw new HubClientException($"{file.Path}: the bytes that came are not those that the hub lists (SHA-256 {file.Digest}). Something between here and {Hub} changed them.");
            }
        }

        File.Move(partial, target, overwrite: true);
    }

    /// <returns>Whether the digest is right.</returns>
    private async Task<bool> FetchAsync(string path, HubFile file, string partial, IProgress<long>? progress, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var target = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        if (target.Length > file.Length)
            target.SetLength(0);
        await HashAsync(target, hash, cancel).ConfigureAwait(false);
        var backoff = new HubBackoff(_time, TransferAttempts);
        while (target.Length < file.Length)
        {
            progress?.Report(target.Length);
            var before = target.Length;
            var outcome = await TryFetchAsync(path, file, target, hash, progress, cancel).ConfigureAwait(false);
            if (target.Length > before)
                backoff.Reset();
            if (outcome.Failure is not null && !await backoff.WaitAsync(outcome.Asked, cancel).ConfigureAwait(false))
                throw outcome.Failure;
        }

        progress?.Report(file.Length);
        target.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(hash.GetHashAndReset()) == file.Digest;
    }

    /// <summary>One connection's worth, from the end of the target on.</summary>
    private async Task<(TimeSpan? Asked, HubClientException? Failure)> TryFetchAsync(
        string path, HubFile file, FileStream target, IncrementalHash hash, IProgress<long>? progress, CancellationToken cancel)
    {
        using var idle = new IdleLimit(IdleTime, _time, cancel);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (target.Length > 0)
            {
                request.Headers.Range = new RangeHeaderValue(target.Length, null);
                request.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue($"\"{file.Digest}\""));
            }

            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, idle.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                var failure = new HubClientException(await ReadProblemAsync(response, cancel).ConfigureAwait(false));
                return HubBackoff.IsTransient(response.StatusCode) ? (RetryAfter(response), failure) : throw failure;
            }

            if (response.StatusCode != HttpStatusCode.PartialContent && target.Length > 0)
            {
                target.SetLength(0);
                _ = hash.GetHashAndReset();
            }

            await using var source = await response.Content.ReadAsStreamAsync(idle.Token).ConfigureAwait(false);
            await AppendAsync(source, target, hash, file, idle, progress).ConfigureAwait(false);
            return default;
        }
        catch (Exception broken) when (broken is HttpRequestException or HttpIOException)
        {
            return (null, new HubClientException($"The connection to {Hub} broke while {file.Path} was fetched: {broken.Message}", broken));
        }
        catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
        {
            return (null, new HubClientException($"Nothing moved for {IdleTime.TotalSeconds:0} seconds while {file.Path} was fetched.", late));
        }
    }

    private static async Task AppendAsync(Stream source, FileStream target, IncrementalHash hash, HubFile file, IdleLimit idle, IProgress<long>? progress)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 17);
        try
        {
            target.Position = target.Length;
            for (int read; target.Length < file.Length && (read = await source.ReadAsync(buffer, idle.Token).ConfigureAwait(false)) > 0;)
            {
                idle.Touch();
                // Bytes beyond the length that was listed would be of another file, whose digest is wrong in any case.
                read = (int)Math.Min(read, file.Length - target.Length);
                hash.AppendData(buffer.AsSpan(0, read));
                await target.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None).ConfigureAwait(false);
                progress?.Report(target.Length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task HashAsync(FileStream file, IncrementalHash hash, CancellationToken cancel)
    {
        file.Position = 0;
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 17);
        try
        {
            for (int read; (read = await file.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0;)
                hash.AppendData(buffer.AsSpan(0, read));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
