using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace AdapterHub.Engine.Training.Datasets;

/// <summary>A stretch of a document, in tokens.</summary>
public readonly record struct DocumentSlice(int Document, long Start, long Length);

/// <summary>Some documents, or stretches of them, of a larger set; each stretch stands as a document of its own.</summary>
public sealed class DocumentSlices : ITokenDocuments
{
    private readonly ITokenDocuments _source;
    private readonly DocumentSlice[] _slices;

    public DocumentSlices(ITokenDocuments source, IEnumerable<DocumentSlice> slices)
    {
        _source = source;
        _slices = [.. slices];
        TokenCount = _slices.Sum(slice => slice.Length);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(source.Digest));
        foreach (var slice in _slices)
            hash.AppendData(MemoryMarshal.AsBytes<long>([slice.Document, slice.Start, slice.Length]));
        Digest = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public IReadOnlyList<DocumentSlice> Slices => _slices;

    public int Count => _slices.Length;

    public long TokenCount { get; }

    public bool HasLossMask => _source.HasLossMask;

    public string Digest { get; }

    public long GetLength(int document) => _slices[document].Length;

    public RowFit GetFit(int document) => _source.GetFit(_slices[document].Document);

    public void ReadTokens(int document, long start, Span<int> tokens)
    {
        var slice = Checked(document, start, tokens.Length);
        _source.ReadTokens(slice.Document, slice.Start + start, tokens);
    }

    public void ReadLossMask(int document, long start, Span<bool> mask)
    {
        var slice = Checked(document, start, mask.Length);
        _source.ReadLossMask(slice.Document, slice.Start + start, mask);
    }

    private DocumentSlice Checked(int document, long start, int length)
    {
        var slice = _slices[document];
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + length, slice.Length, nameof(length));
        return slice;
    }
}
