using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace AdapterHub.Protocol.Hub.Client;

public sealed partial class HubClient
{
    /// <summary>Tries of a transfer in a row that move nothing: with the waits between them, some two minutes.</summary>
    private const int TransferAttempts = 10;

    /// <summary>A connection over which nothing moves for so long is taken for dead.</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(60);

    public Task<IReadOnlyList<HubDraft>> ListDraftsAsync(CancellationToken cancel) => GetAsync("drafts", HubJson.Default.IReadOnlyListHubDraft, cancel);

    public Task<HubDraft> CreateDraftAsync(HubDraftTarget target, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, "drafts", target, HubJson.Default.HubDraftTarget, HubJson.Default.HubDraft, cancel);

    public Task<HubDraft> GetDraftAsync(string draft, CancellationToken cancel) => GetAsync($"drafts/{Escape(draft)}", HubJson.Default.HubDraft, cancel);

    public Task<HubDraft> AimDraftAsync(string draft, HubDraftTarget target, CancellationToken cancel) =>
        SendAsync(HttpMethod.Patch, $"drafts/{Escape(draft)}", target, HubJson.Default.HubDraftTarget, HubJson.Default.HubDraft, cancel);

    public Task CancelDraftAsync(string draft, CancellationToken cancel) => DeleteAsync($"drafts/{Escape(draft)}", cancel);

    /// <summary>Announcing the same files with the same digests again changes nothing.</summary>
    public Task<HubDraft> AnnounceAsync(string draft, HubAnnouncement files, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, $"drafts/{Escape(draft)}/files", files, HubJson.Default.HubAnnouncement, HubJson.Default.HubDraft, cancel);

    public Task<HubDraftFile> GetDraftFileAsync(string draft, string file, CancellationToken cancel) =>
        GetAsync(DraftFile(draft, file), HubJson.Default.HubDraftFile, cancel);

    public Task<HubDraft> RemoveDraftFileAsync(string draft, string file, CancellationToken cancel) =>
        SendAsync(HttpMethod.Delete, DraftFile(draft, file), HubJson.Default.HubDraft, cancel);

    public Task<HubDraft> RenameDraftFileAsync(string draft, string file, string path, CancellationToken cancel) =>
        SendAsync(HttpMethod.Put, $"{DraftFile(draft, file)}/path", new HubPathChange(path), HubJson.Default.HubPathChange, HubJson.Default.HubDraft, cancel);

    public async Task<HubDraft> UnpackDraftFileAsync(string draft, string file, CancellationToken cancel)
    {
        // As long as it takes: a large archive is checked and hashed before the answer.
        using var response = await AskAsync(() => new HttpRequestMessage(HttpMethod.Post, $"{Root}/{DraftFile(draft, file)}/unpack"), null, cancel).ConfigureAwait(false);
        return await ReadAsync(response, HubJson.Default.HubDraft, cancel).ConfigureAwait(false);
    }

    /// <param name="text">README.md; null takes the file that came.</param>
    public Task<HubDraft> SetDraftCardAsync(string draft, string? text, CancellationToken cancel) =>
        SendAsync(HttpMethod.Put, $"drafts/{Escape(draft)}/card", new HubCardChange(text), HubJson.Default.HubCardChange, HubJson.Default.HubDraft, cancel);

    /// <summary>What publishing the draft as it is now would give.</summary>
    public Task<HubReport> GetDraftReportAsync(string draft, CancellationToken cancel) => GetAsync($"drafts/{Escape(draft)}/report", HubJson.Default.HubReport, cancel);

    /// <exception cref="HubClientException">With every finding where the files are refused.</exception>
    public async Task<HubPublished> PublishAsync(string draft, string? message, CancellationToken cancel)
    {
        var publication = new HubPublication(message);
        // As long as it takes: every file is looked at first.
        using var response = await AskAsync(() => Request(HttpMethod.Post, $"drafts/{Escape(draft)}/publish", publication, HubJson.Default.HubPublication), null, cancel).ConfigureAwait(false);
        return await ReadAsync(response, HubJson.Default.HubPublished, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Sends what is missing of a file. After a broken connection it asks how far the file is and goes on there, as long as something moves
    /// between two failures.
    /// </summary>
    /// <param name="draft">The draft.</param>
    /// <param name="file">As announced.</param>
    /// <param name="open">Opens the bytes; called again for each connection. The stream must be seekable.</param>
    /// <param name="progress">Hears how many bytes of the file the hub or the network has taken; after a broken connection it may step back.</param>
    /// <param name="cancel">Stops it; sending may go on later.</param>
    public async Task<HubDraftFile> SendFileAsync(string draft, HubDraftFile file, Func<Stream> open, IProgress<long>? progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(open);
        var backoff = new HubBackoff(_time, TransferAttempts);
        while (!file.IsComplete)
        {
            progress?.Report(file.Received);
            var before = file.Received;
            var outcome = await TrySendAsync(draft, file, open, progress, cancel).ConfigureAwait(false);
            if (outcome.File is { } sent)
            {
                file = sent;
                continue;
            }

            if (!await backoff.WaitAsync(outcome.Asked, cancel).ConfigureAwait(false))
                throw outcome.Failure!;
            file = await GetDraftFileAsync(draft, file.Id, cancel).ConfigureAwait(false);
            if (file.Received > before)
                backoff.Reset();
        }

        progress?.Report(file.Length);
        return file;
    }

    /// <summary>One connection's worth. Without a file, waiting and asking for the offset may help.</summary>
    private async Task<(HubDraftFile? File, TimeSpan? Asked, HubClientException? Failure)> TrySendAsync(
        string draft, HubDraftFile file, Func<Stream> open, IProgress<long>? progress, CancellationToken cancel)
    {
        using var idle = new IdleLimit(IdleTime, _time, cancel);
        try
        {
            var bytes = open();
            bytes.Position = file.Received;
            using var request = new HttpRequestMessage(HttpMethod.Patch, $"{Root}/{DraftFile(draft, file.Id)}");
            request.Content = new ProgressContent(bytes, sent =>
            {
                idle.Touch();
                progress?.Report(sent);
            });
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            request.Headers.Add("Upload-Offset", file.Received.ToString(CultureInfo.InvariantCulture));
            request.Headers.ExpectContinue = true;
            using var response = await _http.SendAsync(request, idle.Token).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
                return (await ReadAsync(response, HubJson.Default.HubDraftFile, cancel).ConfigureAwait(false), null, null);
            var failure = new HubClientException(await ReadProblemAsync(response, cancel).ConfigureAwait(false));
            // In conflict: the offset is another, or the hub has not yet noticed that the connection before is gone.
            return HubBackoff.IsTransient(response.StatusCode) || response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.InternalServerError
                ? (null, RetryAfter(response), failure) : throw failure;
        }
        catch (HttpRequestException broken)
        {
            return (null, null, Unreachable(broken));
        }
        catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
        {
            return (null, null, new HubClientException($"Nothing moved for {IdleTime.TotalSeconds:0} seconds while {file.Path} was sent.", late));
        }
    }

    private static string DraftFile(string draft, string file) => $"drafts/{Escape(draft)}/files/{Escape(file)}";
}
