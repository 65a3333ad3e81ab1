using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace AdapterHub.Engine.Training.Datasets;

/// <summary>Writes a token store front to back; the header comes last, when the counts are known.</summary>
internal sealed class TokenStoreWriter : IDisposable
{
    private readonly FileStream _stream;
    private readonly int _vocabularySize;
    private readonly int _tokenBytes;
    private readonly List<ulong> _index = [];
    private readonly LossBits _mask = new();
    private byte[] _buffer = [];
    private long _documentStart;
    private long _tokens;

    public TokenStoreWriter(FileStream stream, int vocabularySize)
    {
        _stream = stream;
        _vocabularySize = vocabularySize;
        _tokenBytes = vocabularySize <= ushort.MaxValue + 1 ? sizeof(ushort) : sizeof(uint);
        _stream.Position = TokenStoreHeader.Bytes;
    }

    /// <exception cref="ArgumentException">An id outside the vocabulary: the tokenizer and the size given do not belong together.</exception>
    public void Append(TokenizedExample example)
    {
        var length = example.Tokens.Length * _tokenBytes;
        if (_buffer.Length < length)
            _buffer = new byte[length];
        for (var k = 0; k < example.Tokens.Length; k++)
        {
            var token = example.Tokens[k];
            if ((uint)token >= (uint)_vocabularySize)
                throw new ArgumentException($"Token {token} is outside the vocabulary of {_vocabularySize}.", nameof(example));
            if (_tokenBytes == sizeof(ushort))
                BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(k * sizeof(ushort)), (ushort)token);
            else
                BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(k * sizeof(uint)), token);
        }

        _stream.Write(_buffer, 0, length);
        _mask.Append(example.LossMask);
        _tokens += example.Tokens.Length;
        if (example.EndsDocument && _tokens > _documentStart)
        {
            _index.Add((ulong)_documentStart | (ulong)example.Fit << TokenStoreHeader.StartBits);
            _documentStart = _tokens;
        }
    }

    /// <summary>Writes what follows the tokens, then the header, and flushes to the disk.</summary>
    public void Complete(string key)
    {
        var header = new TokenStoreHeader(_tokenBytes, _index.Count, _tokens, _mask.Bytes.Length, key);
        _index.Add((ulong)_tokens);
        _stream.SetLength(header.MaskOffset);
        _stream.Position = header.MaskOffset;
        _stream.Write(_mask.Bytes);
        _stream.SetLength(header.IndexOffset);
        _stream.Position = header.IndexOffset;
        _stream.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_index)));
        _stream.Position = 0;
        _stream.Write(header.ToArray());
        _stream.Flush(flushToDisk: true);
    }

    public void Dispose() => _stream.Dispose();
}
