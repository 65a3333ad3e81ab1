using AdapterHub.Cli.Verbs;
using Spectre.Console;

namespace AdapterHub.Cli.Output;

/// <summary>How far files are: a bar for each on a terminal, a line for each elsewhere, nothing with --json.</summary>
internal sealed class TransferView(Invocation invocation)
{
    /// <param name="verb">"sent" or "fetched".</param>
    /// <param name="files">Paths with their lengths in bytes.</param>
    /// <param name="transfer">Moves one file; the progress hears bytes of it.</param>
    public async Task RunAsync(string verb, IReadOnlyList<(string Path, long Length)> files, Func<int, IProgress<long>, Task> transfer)
    {
        if (invocation.IsJson || !invocation.Terminal.IsRich)
        {
            for (var k = 0; k < files.Count; k++)
            {
                await transfer(k, new Silent()).ConfigureAwait(false);
                if (!invocation.IsJson)
                    invocation.Terminal.Out.WriteLine($"{verb} {files[k].Path} ({Words.Bytes(files[k].Length)})");
            }

            return;
        }

        await invocation.Terminal.Rich.Progress().AutoClear(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                for (var k = 0; k < files.Count; k++)
                {
                    var bar = context.AddTask(files[k].Path.EscapeMarkup(), maxValue: Math.Max(files[k].Length, 1));
                    await transfer(k, new Bar(bar)).ConfigureAwait(false);
                    bar.Value = bar.MaxValue;
                    bar.StopTask();
                }
            }).ConfigureAwait(false);
    }

    private sealed class Silent : IProgress<long>
    {
        public void Report(long value)
        {
        }
    }

    private sealed class Bar(ProgressTask task) : IProgress<long>
    {
        public void Report(long value) => task.Value = value;
    }
}
