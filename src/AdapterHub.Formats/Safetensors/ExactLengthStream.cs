namespace AdapterHub.Formats.Safetensors;

/// <summary>Lets a tensor's writer write exactly its bytes: too many fail at once, too few when asked.</summary>
internal sealed class ExactLengthStream(Stream inner, string tensor, long length) : Stream
{
    private long _written;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _written;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > length - _written)
            throw new InvalidOperationException($"The writer of '{tensor}' wrote more than its {length} bytes.");
        inner.Write(buffer);
        _written += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <exception cref="InvalidOperationException">The writer has not written everything.</exception>
    public void ThrowIfShort()
    {
        if (_written != length)
            throw new InvalidOperationException($"The writer of '{tensor}' wrote {_written} of its {length} bytes.");
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
