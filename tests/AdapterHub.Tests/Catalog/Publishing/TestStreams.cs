namespace AdapterHub.Tests.Catalog.Publishing;

/// <summary>A stream that is read once, forwards.</summary>
internal abstract class OneWayStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>Gives the first bytes and then fails, as a connection that breaks.</summary>
internal sealed class BreakingStream(byte[] bytes, int breaksAt) : OneWayStream
{
    private int _given;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = Math.Min(buffer.Length, breaksAt - _given);
        if (count == 0)
            throw new IOException("The client reset the connection.");
        bytes.AsMemory(_given, count).CopyTo(buffer);
        _given += count;
        return ValueTask.FromResult(count);
    }
}

/// <summary>Waits until it is given its bytes.</summary>
internal sealed class SlowStream : OneWayStream
{
    private readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<byte[]> _bytes = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _given;

    /// <summary>Ends when somebody waits for bytes.</summary>
    public Task Reading => _reading.Task;

    public void Give(byte[] bytes) => _bytes.SetResult(bytes);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _reading.TrySetResult();
        var bytes = await _bytes.Task.WaitAsync(cancellationToken);
        if (_given)
            return 0;
        _given = true;
        bytes.CopyTo(buffer);
        return bytes.Length;
    }
}

/// <summary>Bytes made up as they are read: the same for the same seed, and never all in memory.</summary>
internal sealed class GeneratedStream(long length, int seed) : OneWayStream
{
    private readonly Random _random = new(seed);
    private readonly byte[] _block = new byte[1 << 16];
    private long _given;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = (int)Math.Min(Math.Min(buffer.Length, _block.Length), length - _given);
        _random.NextBytes(_block.AsSpan(0, count));
        _block.AsMemory(0, count).CopyTo(buffer);
        _given += count;
        return ValueTask.FromResult(count);
    }
}
