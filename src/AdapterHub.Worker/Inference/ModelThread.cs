using AdapterHub.Engine.Inference.Lanes;
using AdapterHub.Protocol.Inference;

namespace AdapterHub.Worker.Inference;

/// <summary>The one thread that works on a model's batch: lets requests in by turns, makes passes, hands out what they give, and drops what nobody waits for.</summary>
internal sealed class ModelThread : IDisposable
{
    private readonly LaneBatch _batch;
    private readonly FairQueue _queue;
    private readonly List<LaneJob> _jobs = [];
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Action _afterPass;
    private readonly Thread _thread;
    private volatile bool _isEnding;
    private volatile int _rows;

    /// <param name="afterPass">Called on the thread between passes, when the batch may be asked what it holds.</param>
    public ModelThread(LaneBatch batch, FairQueue queue, Action afterPass)
    {
        (_batch, _queue, _afterPass) = (batch, queue, afterPass);
        _thread = new Thread(Run) { IsBackground = true, Name = "lanes" };
        _thread.Start();
    }

    /// <summary>Lanes at work.</summary>
    public int Rows => _rows;

    /// <exception cref="EngineBusyException">Too many wait.</exception>
    public void Submit(LaneJob job)
    {
        if (_queue.Add(job) is > 0 and var ahead)
            job.Write(new LanesQueued(ahead));
        _wake.Set();
    }

    /// <summary>Looks again: a request was given up.</summary>
    public void Wake() => _wake.Set();

    public void Dispose()
    {
        _isEnding = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_isEnding)
        {
            Drop();
            Admit();
            _rows = _batch.Rows;
            if (_rows == 0)
            {
                _afterPass();
                _wake.WaitOne();
                continue;
            }

            Pass();
        }

        foreach (var job in _jobs)
            job.Fail(LanesFault.Engine, "The engine is shutting down.");
        for (; _queue.Peek() is { } waiting; _queue.Pass())
            waiting.Fail(LanesFault.Engine, "The engine is shutting down.");
    }

    /// <summary>Requests that somebody gave up leave before the next pass, and with them their keys and values.</summary>
    private void Drop()
    {
        foreach (var job in _jobs.Where(job => job.Stop.IsCancellationRequested).ToList())
        {
            Leave(job);
            job.Abandon();
        }
    }

    private void Admit()
    {
        while (_queue.Peek() is { } job)
        {
            if (job.Stop.IsCancellationRequested)
            {
                job.Abandon();
            }
            else
            {
                if (!_jobs.Contains(job))
                    _jobs.Add(job);
                if (!Guarded(() => job.Enter(_batch)))
                    return;
            }

            // One that failed as it came in has left already.
            if (_queue.Peek() == job)
                _queue.Pass();
        }
    }

    private void Pass() => Guarded(() =>
    {
        var outputs = _batch.Step();
        foreach (var output in outputs)
        {
            var job = _jobs.First(job => job.Lanes.Any(lane => lane.Row == output.Row));
            job.Take(job.Lanes.First(lane => lane.Row == output.Row), output);
        }

        foreach (var job in _jobs.ToList())
        {
            foreach (var lane in job.Lanes.Where(lane => lane.IsEnded))
                _batch.Remove(lane.Row);
            if (!job.IsDone)
                continue;
            Leave(job);
            job.Finish();
        }

        return true;
    });

    /// <summary>A pass that fails, as when memory runs out, ends the requests that were in it and nothing else.</summary>
    private bool Guarded(Func<bool> work)
    {
        try
        {
            return work();
        }
#pragma warning disable CA1031 // the border of the thread: the process and other models live on
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var fault = RunFault.Of(exception);
            foreach (var job in _jobs.ToList())
            {
                Leave(job);
                job.Fail(fault.IsInput ? LanesFault.Input : LanesFault.Engine, fault.Message);
            }

            return true;
        }
    }

    private void Leave(LaneJob job)
    {
        foreach (var lane in job.Lanes)
            _batch.Remove(lane.Row);
        _jobs.Remove(job);
    }
}
