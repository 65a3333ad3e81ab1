using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace AdapterHub.Worker.Leasing;

/// <summary>
/// Several leased runs in one trainer process, which trains them together over one copy of their base. It starts when each has sat down or left. A run that
/// the sharing failed goes on by itself, one such run at a time.
/// </summary>
/// <param name="command">Starts the trainer.</param>
/// <param name="members">How many runs.</param>
internal sealed class TrainerGroup(TrainerCommand command, int members) : IDisposable
{
    private const int MostWaiting = 10_000;
    private readonly Lock _gate = new();
    private readonly List<Seat> _seats = [];
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left;
    private TrainerProcess? _process;

    /// <summary>Held by a run that goes on by itself.</summary>
    public SemaphoreSlim Alone { get; } = new(1, 1);

    /// <summary>Waits for the others; a run sits once.</summary>
    public async Task<ITrainer> SitAsync(string specPath, TimeSpan longestSilence, CancellationToken cancel)
    {
        var seat = new Seat(this, specPath);
        lock (_gate)
        {
            seat.Place = _seats.Count;
            _seats.Add(seat);
            StartWhenComplete(longestSilence);
        }

        await _complete.Task.WaitAsync(cancel).ConfigureAwait(false);
        return seat;
    }

    /// <summary>A run that does not sit down: it ended before.</summary>
    public void Leave(bool hasSat)
    {
        if (hasSat)
            return;
        lock (_gate)
        {
            _left++;
            StartWhenComplete(TimeSpan.FromHours(1));
        }
    }

    public void Dispose()
    {
        _process?.Dispose();
        Alone.Dispose();
    }

    private void StartWhenComplete(TimeSpan longestSilence)
    {
        if (_seats.Count + _left < members || _seats.Count == 0 || _process is not null)
            return;
        _process = TrainerProcess.Start(command, [.. _seats.Select(seat => seat.SpecPath)]);
        _ = RouteAsync(_process, longestSilence);
        _complete.TrySetResult();
    }

    /// <summary>A line begins with the place of its run, where there are several.</summary>
    private async Task RouteAsync(TrainerProcess process, TimeSpan longestSilence)
    {
        try
        {
            await foreach (var line in process.ReadAsync(longestSilence, CancellationToken.None).ConfigureAwait(false))
            {
                var (place, text) = (0, line);
                if (_seats.Count > 1)
                {
                    var end = line.IndexOf(' ', StringComparison.Ordinal);
                    // What no run wrote is heard by the first.
                    if (end > 0 && int.TryParse(line.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var named) && named < _seats.Count)
                        (place, text) = (named, line[(end + 1)..]);
                }

                await _seats[place].AddAsync(text).ConfigureAwait(false);
            }
        }
        catch (Exception gone) when (gone is ObjectDisposedException or InvalidOperationException)
        {
            // The worker lets go of the process.
        }
        finally
        {
            _seats.ForEach(seat => seat.Complete());
        }
    }

    private sealed class Seat(TrainerGroup group, string specPath) : ITrainer
    {
        private readonly Channel<string> _lines = Channel.CreateBounded<string>(MostWaiting);
        private volatile bool _isLeft;

        public string SpecPath => specPath;

        public int Place { get; set; }

        public string Errors => group._process?.Errors ?? "";

        public async IAsyncEnumerable<string> ReadAsync(TimeSpan longestSilence, [EnumeratorCancellation] CancellationToken cancel)
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
                yield return line;
        }

        public void Stop()
        {
            if (group._seats.Count > 1)
                group._process?.Stop(Place);
            else
                group._process?.Stop();
        }

        public async Task AddAsync(string line)
        {
            if (_isLeft)
                return;
            try
            {
                await _lines.Writer.WriteAsync(line).ConfigureAwait(false);
            }
            catch (ChannelClosedException)
            {
                // Nobody listens any more.
            }
        }

        public void Complete() => _lines.Writer.TryComplete();

        /// <summary>Its run is over or another worker's; the others go on.</summary>
        public void Dispose()
        {
            if (_isLeft)
                return;
            _isLeft = true;
            Stop();
            Complete();
        }
    }
}
