using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AdapterHub.Engine.Training.Datasets;

/// <summary>How documents are put in rows.</summary>
/// <param name="SequenceLength">S, positions a row.</param>
public sealed record PackingOptions(int SequenceLength)
{
    /// <summary>False gives every document (of a long one, every S positions) a row of its own, padded.</summary>
    public bool Packing { get; init; } = true;

    /// <summary>A new order of documents and rows each epoch; false keeps that of the files, for evaluation.</summary>
    public bool Shuffle { get; init; } = true;

    public ulong Seed { get; init; }
}

/// <summary>
/// Rows of S positions from documents, every document once an epoch. Documents shorter than a row are never cut (unless they are running text), longer ones
/// are cut or truncated by their <see cref="RowFit"/>, and nothing attends across documents. The same documents, options and epoch give the same rows.
/// </summary>
public sealed class SequencePacker : IRowSource
{
    private const ulong DocumentOrder = 1;
    private const ulong RowOrder = 2;

    private readonly ITokenDocuments _documents;
    private readonly PackingOptions _options;
    private readonly bool[] _dropped;
    private RowPlan _plan;
    private int _planEpoch;

    /// <summary>Plans the first epoch, and reads the loss masks where there are any.</summary>
    /// <exception cref="DatasetException">Nothing in the documents can be learnt in rows of this length.</exception>
    public SequencePacker(ITokenDocuments documents, PackingOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.SequenceLength, nameof(options));
        _documents = documents;
        _options = options;
        _dropped = new bool[documents.Count];
        var counted = Count();
        _plan = Plan(0);
        var room = (double)_plan.Rows * SequenceLength;
        Summary = counted with { Rows = _plan.Rows, PackingEfficiency = room == 0 ? 0 : counted.Positions / room };
        if (_plan.Rows == 0)
            throw new DatasetException(DescribeNothing(counted));
        var identity = string.Create(
            CultureInfo.InvariantCulture, $"packed {documents.Digest} {options.SequenceLength} {options.Packing} {options.Shuffle} {options.Seed}");
        Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)));
    }

    public int SequenceLength => _options.SequenceLength;

    public int RowsPerEpoch => _plan.Rows;

    public string Digest { get; }

    public DatasetSummary Summary { get; }

    public void GetRow(int epoch, int row, List<RowPiece> pieces)
    {
        if (epoch != _planEpoch)
            (_plan, _planEpoch) = (Plan(epoch), epoch);
        pieces.Clear();
        foreach (var piece in _plan[row])
            pieces.Add(new RowPiece(_documents, piece.Document, piece.Start, piece.Length));
    }

    private long Positions(int document)
    {
        var positions = _documents.GetLength(document) - 1;
        return _documents.GetFit(document) == RowFit.Truncate ? Math.Min(positions, SequenceLength) : positions;
    }

    private RowPlan Plan(int epoch)
    {
        var order = new int[_documents.Count];
        for (var document = 0; document < order.Length; document++)
            order[document] = document;
        if (_options.Shuffle)
            SplitMix64.For(_options.Seed, DocumentOrder, epoch).Shuffle(order.AsSpan());
        var planner = new RowPlanner(SequenceLength, _options.Packing);
        foreach (var document in order)
        {
            if (!_dropped[document])
                planner.Add(document, _documents.GetFit(document), Positions(document));
        }

        return planner.Complete(_options.Shuffle ? SplitMix64.For(_options.Seed, RowOrder, epoch) : null);
    }

    /// <summary>Sums over documents; marks those in which no position has a loss.</summary>
    private DatasetSummary Count()
    {
        var summary = new DatasetSummary { Documents = _documents.Count, Tokens = _documents.TokenCount, SequenceLength = SequenceLength };
        for (var document = 0; document < _documents.Count; document++)
        {
            var positions = Positions(document);
            var lossTokens = CountLossTokens(document, positions);
            var isDropped = lossTokens == 0;
            _dropped[document] = isDropped;
            summary = summary with
            {
                Positions = summary.Positions + (isDropped ? 0 : positions),
                LossTokens = summary.LossTokens + lossTokens,
                LongestDocument = Math.Max(summary.LongestDocument, _documents.GetLength(document)),
                Truncated = summary.Truncated + (positions < _documents.GetLength(document) - 1 ? 1 : 0),
                Dropped = summary.Dropped + (isDropped ? 1 : 0),
            };
        }

        return summary;
    }

    private long CountLossTokens(int document, long positions)
    {
        if (!_documents.HasLossMask)
            return positions;
        const int block = 1 << 14;
        var mask = new bool[(int)Math.Min(block, positions)];
        long count = 0;
        for (long at = 0; at < positions; at += block)
        {
            var part = mask.AsSpan(0, (int)Math.Min(block, positions - at));
            _documents.ReadLossMask(document, at + 1, part);
            count += part.Count(true);
        }

        return count;
    }

    private string DescribeNothing(DatasetSummary counted) => counted.Documents == 0 ? "there is no document to train on" : string.Create(
        CultureInfo.InvariantCulture,
        $"nothing to learn in {counted.Documents} documents of {counted.Tokens} tokens with a sequence length of {SequenceLength}: " +
        $"{counted.Truncated} are cut before anything trained begins; the longest has {counted.LongestDocument} tokens, raise the sequence length towards that");
}
