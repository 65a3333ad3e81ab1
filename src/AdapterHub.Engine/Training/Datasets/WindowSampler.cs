using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AdapterHub.Engine.Training.Datasets;

/// <summary>One corpus of a mixture.</summary>
/// <param name="Documents">The corpus.</param>
/// <param name="Passes">How often an epoch of the mixture goes through it; 0.5 takes one half in one epoch and the other in the next.</param>
public sealed record MixtureComponent(ITokenDocuments Documents, double Passes = 1)
{
    /// <summary>Passes such that each corpus has its share of the rows and an epoch is as long as all corpora together.</summary>
    public static IReadOnlyList<MixtureComponent> FromShares(IReadOnlyList<(ITokenDocuments Documents, double Share)> corpora)
    {
        var tokens = corpora.Sum(corpus => (double)corpus.Documents.TokenCount);
        var shares = corpora.Sum(corpus => corpus.Share);
        return [.. corpora.Select(corpus => new MixtureComponent(corpus.Documents, corpus.Share / shares * tokens / corpus.Documents.TokenCount))];
    }
}

/// <summary>
/// Rows for pretraining: windows of S + 1 tokens (S positions) over corpora, each window of a corpus once before any comes again, also across epochs.
/// Every pass cuts its windows at another offset; the fewer than S positions outside them are left out of that pass. Attention does not cross documents.
/// </summary>
public sealed class WindowSampler : IRowSource
{
    private const ulong RowOrder = 16;
    private const ulong FirstCorpus = 32;

    private readonly Corpus[] _corpora;
    private readonly ulong _seed;
    private readonly bool _shuffle;
    private readonly (int Corpus, long Start)[] _plan;
    private int _planEpoch = -1;

    /// <param name="components">The corpora.</param>
    /// <param name="sequenceLength">S.</param>
    /// <param name="seed">Decides the order and the offsets.</param>
    /// <param name="shuffle">False goes through the corpora one after another, front to back, at offset 0.</param>
    /// <exception cref="DatasetException">A corpus shorter than one window.</exception>
    public WindowSampler(IReadOnlyList<MixtureComponent> components, int sequenceLength, ulong seed, bool shuffle = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sequenceLength);
        SequenceLength = sequenceLength;
        _seed = seed;
        _shuffle = shuffle;
        _corpora = [.. components.Select((component, number) => new Corpus(component, number, sequenceLength))];
        _plan = new (int, long)[checked((int)_corpora.Sum(corpus => corpus.Quota))];
        if (_plan.Length == 0)
            throw new DatasetException("the mixture names no corpus");
        var identity = new StringBuilder().Append(CultureInfo.InvariantCulture, $"windows {sequenceLength} {seed} {shuffle}");
        foreach (var component in components)
            identity.Append(CultureInfo.InvariantCulture, $" {component.Documents.Digest} {component.Passes:R}");
        Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity.ToString())));
    }

    public int SequenceLength { get; }

    public int RowsPerEpoch => _plan.Length;

    public string Digest { get; }

    public void GetRow(int epoch, int row, List<RowPiece> pieces)
    {
        if (epoch != _planEpoch)
            Plan(epoch);
        pieces.Clear();
        var (corpus, start) = _plan[row];
        _corpora[corpus].AddPieces(start, SequenceLength, pieces);
    }

    private void Plan(int epoch)
    {
        var filled = 0;
        foreach (var corpus in _corpora)
        {
            var passStarts = Array.Empty<long>();
            var pass = -1L;
            // Rows of a corpus are numbered on through all epochs: row g is the (g mod n)-th window of pass g / n.
            for (var g = epoch * corpus.Quota; g < (epoch + 1L) * corpus.Quota; g++)
            {
                if (g / corpus.Windows != pass)
                {
                    pass = g / corpus.Windows;
                    passStarts = corpus.PassStarts(SequenceLength, _shuffle ? SplitMix64.For(_seed, FirstCorpus + (ulong)corpus.Number, pass) : null);
                }

                _plan[filled++] = (corpus.Number, passStarts[g % corpus.Windows]);
            }
        }

        if (_shuffle)
            SplitMix64.For(_seed, RowOrder, epoch).Shuffle(_plan.AsSpan());
        _planEpoch = epoch;
    }

    /// <summary>A corpus as one line of positions, n - 1 for a document of n tokens.</summary>
    private sealed class Corpus
    {
        private readonly ITokenDocuments _documents;
        private readonly long[] _firstPosition;

        public Corpus(MixtureComponent component, int number, int sequenceLength)
        {
            Number = number;
            _documents = component.Documents;
            _firstPosition = new long[_documents.Count + 1];
            for (var document = 0; document < _documents.Count; document++)
                _firstPosition[document + 1] = _firstPosition[document] + _documents.GetLength(document) - 1;
            Windows = checked((int)(_firstPosition[^1] / sequenceLength));
            if (Windows == 0)
            {
                throw new DatasetException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"corpus {number + 1} has {_documents.TokenCount} tokens, fewer than one row of {sequenceLength}: shorten the sequence length or add data"));
            }

            if (!(component.Passes > 0) || !double.IsFinite(component.Passes))
                throw new DatasetException(string.Create(CultureInfo.InvariantCulture, $"corpus {number + 1} is to be passed {component.Passes} times; give a number above 0"));
            Quota = Math.Max(1, (long)Math.Round(component.Passes * Windows));
        }

        public int Number { get; }

        /// <summary>Windows in one pass.</summary>
        public int Windows { get; }

        /// <summary>Windows in one epoch of the mixture.</summary>
        public long Quota { get; }

        /// <summary>First positions of a pass's windows in the order they are taken.</summary>
        public long[] PassStarts(int sequenceLength, SplitMix64? random)
        {
            var offset = random?.Next(_firstPosition[^1] % sequenceLength + 1) ?? 0;
            var starts = new long[Windows];
            for (var k = 0; k < starts.Length; k++)
                starts[k] = offset + (long)k * sequenceLength;
            random?.Shuffle(starts.AsSpan());
            return starts;
        }

        public void AddPieces(long start, int length, List<RowPiece> pieces)
        {
            var document = FindDocument(start);
            while (length > 0)
            {
                var inside = start - _firstPosition[document];
                var taken = (int)Math.Min(length, _firstPosition[document + 1] - start);
                if (taken > 0)
                    pieces.Add(new RowPiece(_documents, document, inside, taken));
                start += taken;
                length -= taken;
                document++;
            }
        }

        /// <summary>The last document that begins at or before a position; those without a position are passed over.</summary>
        private int FindDocument(long position)
        {
            var (low, high) = (0, _documents.Count);
            while (high - low > 1)
            {
                var middle = (low + high) >>> 1;
                if (_firstPosition[middle] <= position)
                    low = middle;
                else
                    high = middle;
            }

            return low;
        }
    }
}
