using System.Threading.Channels;
using AdapterHub.Protocol.Hub.Client;
using AdapterHub.Protocol.Workers;

namespace AdapterHub.Worker.Leasing;

/// <summary>Sends checkpoints to the hub while training goes on. One that the trainer has thrown away meanwhile is passed over: there is a newer one.</summary>
internal sealed class CheckpointSender(WorkerClient client, LeasedRun lease, RunFolder folder, EventSender events)
{
    /// <summary>A hub that was started again has forgotten what came for a checkpoint that was not saved yet.</summary>
    private const int MostSendings = 5;
    private readonly Channel<(int Step, long After)> _queue = Channel.CreateUnbounded<(int, long)>();
    private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(int step) => _queue.Writer.TryWrite((step, events.Last));

    /// <summary>Completes when all that was added is sent.</summary>
    public Task CloseAsync(CancellationToken cancel)
    {
        _queue.Writer.TryComplete();
        return _sent.Task.WaitAsync(cancel);
    }

    /// <summary>Sends until closed and empty.</summary>
    public async Task SendAsync(CancellationToken cancel)
    {
        await foreach (var (step, after) in _queue.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
        {
            // A run that goes on from here must not miss what happened before.
            await events.FlushAsync(after, cancel).ConfigureAwait(false);
            try
            {
                await SendAsync(step, cancel).ConfigureAwait(false);
            }
            catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
            {
                continue;
            }
        }

        _sent.SetResult();
    }

    private async Task SendAsync(int step, CancellationToken cancel)
    {
        for (var sending = 1; ; sending++)
        {
            var files = await SendFilesAsync(step, cancel).ConfigureAwait(false);
            if (files.Count == 0)
                return;
            try
            {
                await client.SaveCheckpointAsync(lease, new NewCheckpoint(step, files, folder.Steps()), cancel).ConfigureAwait(false);
                return;
            }
            catch (HubClientException missing) when (missing.Problem?.Status == 409 && sending < MostSendings)
            {
                // Its files are sent again.
            }
        }
    }

    private async Task<List<LeasedFile>> SendFilesAsync(int step, CancellationToken cancel)
    {
        var path = folder.PathOf(step);
        var files = new List<LeasedFile>();
        foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var described = await RunFolder.DescribeAsync(path, file, cancel).ConfigureAwait(false);
            await client.SendFileAsync(lease, described, file, isResult: false, cancel).ConfigureAwait(false);
            files.Add(described);
        }

        return files;
    }
}
