using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AdapterHub.Engine.Training.Datasets;

/// <summary>Documents in memory: four bytes a token, and a bit where some are not trained. For data that fits; see <see cref="TokenStore"/>.</summary>
public sealed class ExampleList : ITokenDocuments
{
    private readonly List<int> _tokens = [];
    private readonly List<int> _starts = [0];
    private readonly List<RowFit> _fits = [];
    private readonly LossBits _mask = new();

    private ExampleList(IEnumerable<TokenizedExample> examples)
    {
        foreach (var example in examples)
        {
            _tokens.AddRange(example.Tokens);
            _mask.Append(example.LossMask);
            if (!example.EndsDocument || _tokens.Count == _starts[^1])
                continue;
            _starts.Add(_tokens.Count);
            _fits.Add(example.Fit);
        }

        Digest = ComputeDigest();
    }

    public int Count => _fits.Count;

    public long TokenCount => _starts[^1];

    public bool HasLossMask => _mask.HasUntrained;

    public string Digest { get; }

    /// <summary>Takes all examples; those without a token are left out.</summary>
    public static ExampleList From(IEnumerable<TokenizedExample> examples) => new(examples);

    public long GetLength(int document) => _starts[document + 1] - _starts[document];

    public RowFit GetFit(int document) => _fits[document];

    public void ReadTokens(int document, long start, Span<int> tokens) =>
        CollectionsMarshal.AsSpan(_tokens).Slice(checked((int)(_starts[document] + start)), tokens.Length).CopyTo(tokens);

    public void ReadLossMask(int document, long start, Span<bool> mask)
    {
        if (HasLossMask)
            LossBits.Read(_mask.Bytes, _starts[document] + start, mask);
        else
            mask.Fill(true);
    }

    private string ComputeDigest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_starts)));
        hash.AppendData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_fits)));
        hash.AppendData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_tokens)));
        hash.AppendData(_mask.Bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
