using System.Collections.Immutable;
using System.Runtime.InteropServices;
using AdapterHub.Engine.Models;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Inference.Lanes;

/// <summary>The new tokens that one row reads in a pass.</summary>
internal sealed record PassPart(LaneRow Row, int Lane, int Start, int Count)
{
    /// <summary>Whether the row has read everything it has after this pass; decided beforehand, for the pass gives it more to read.</summary>
    public bool IsLast { get; } = Start + Count == Row.ToRead;
}

/// <summary>Rows that run through the same weights: the base's, or a variant's with some of them replaced.</summary>
/// <param name="model">Those weights.</param>
/// <param name="recordsDecoding">Passes of one token a row go by <see cref="RecordedDecoding"/>, and products are shared: what pays on a GPU.</param>
/// <param name="replacedBytes">Memory of weights that it does not share.</param>
internal sealed class LaneGroup(CausalModel model, bool recordsDecoding, long replacedBytes = 0) : IDisposable
{
    private const int ParallelLogits = 1 << 18;
    private readonly List<LaneRow> _rows = [];
    private float[] _values = [];
    private bool _isStale;
    private RecordedDecoding? _decoding;

    public IReadOnlyList<LaneRow> Rows => _rows;

    public LaneStack Stack { get; } = new(model, recordsDecoding);

    /// <summary>Memory of stacked factors and of weights that a variant does not share.</summary>
    public long Bytes => Stack.Bytes + replacedBytes;

    public void Add(LaneRow row)
    {
        _rows.Add(row);
        _isStale = true;
    }

    public void Remove(LaneRow row)
    {
        _rows.Remove(row);
        _isStale = true;
    }

    /// <summary>One token of every row that is being continued; the rest of the pass goes to prompts, oldest first, and at least a few tokens to one of them.</summary>
    public List<PassPart> Plan(ref int room, int passTokens)
    {
        var parts = new List<PassPart>();
        for (var lane = 0; lane < _rows.Count; lane++)
            if (_rows[lane].ToRead - _rows[lane].Cached!.Length == 1)
                parts.Add(new PassPart(_rows[lane], lane, _rows[lane].Cached!.Length, 1));
        room = Math.Max(room - parts.Count, passTokens / 8);
        for (var lane = 0; lane < _rows.Count && room > 0; lane++)
        {
            var left = _rows[lane].ToRead - _rows[lane].Cached!.Length;
            if (left <= 1)
                continue;
            var count = Math.Min(left, room);
            parts.Add(new PassPart(_rows[lane], lane, _rows[lane].Cached!.Length, count));
            room -= count;
        }

        parts.Sort((left, right) => left.Lane.CompareTo(right.Lane));
        return parts;
    }

    public void Run(IReadOnlyList<PassPart> parts, PagedCache cache, List<LaneOutput> outputs)
    {
        if (_isStale)
        {
            Forget();
            Stack.Set([.. _rows.Select(row => row.Blend)]);
        }

        _isStale = false;
        using var inference = Grad.Inference();
        using var scope = new TensorScope();
        if (recordsDecoding && parts.Count == _rows.Count && parts.All(part => part is { Count: 1, IsLast: true, Row: GeneratingRow }))
        {
            Stack.Route(null);
            _decoding ??= new RecordedDecoding(model, cache);
            Read(parts, _decoding.Run(parts), outputs);
            return;
        }

        var pass = cache.Extend([.. parts.Select(part => (part.Row.Cached!, part.Count))]);
        var ids = parts.SelectMany(part => part.Row.Tokens.Skip(part.Start).Take(part.Count).Select(token => (long)token)).ToArray();
        Stack.Route(Lanes(parts, part => part.Count));
        var hidden = model.HiddenOf(Place(ids), pass.Positions, pass);
        var asked = parts.Where(part => Asked(part) > 0).ToList();
        if (asked.Count == 0)
            return;
        if (asked.Sum(Asked) < ids.Length)
            hidden = hidden.IndexSelect(0, Place(Places(parts)));
        Stack.Route(Lanes(asked, Asked));
        var logits = model.LogitsOf(hidden).To(DType.Float32);
        Read(asked, logits, outputs);
    }

    /// <summary>What was recorded for these rows.</summary>
    public void Forget()
    {
        _decoding?.Dispose();
        _decoding = null;
    }

    public void Dispose()
    {
        Forget();
        Stack.Dispose();
        model.Dispose();
    }

    /// <summary>Places of a part whose logits are wanted: its last ones.</summary>
    private static int Asked(PassPart part) => part.Row is ScoringRow ? part.Count : part.IsLast ? 1 : 0;

    private static long[] Places(IReadOnlyList<PassPart> parts)
    {
        var places = new List<long>();
        var start = 0;
        foreach (var part in parts)
        {
            start += part.Count;
            places.AddRange(Enumerable.Range(start - Asked(part), Asked(part)).Select(place => (long)place));
        }

        return [.. places];
    }

    private Tensor? Lanes(IReadOnlyList<PassPart> parts, Func<PassPart, int> count)
    {
        if (parts.Count == _rows.Count && parts.All(part => count(part) == 1))
            return null;
        return Place([.. parts.SelectMany(part => Enumerable.Repeat((long)part.Lane, count(part)))]);
    }

    private Tensor Place(long[] values) => Tensor.From<long>(values).To(model.Device);

    private void Read(IReadOnlyList<PassPart> asked, Tensor logits, List<LaneOutput> outputs)
    {
        var width = model.Config.VocabularySize;
        if (_values.Length < logits.Count)
            _values = new float[logits.Count];
        var values = _values.AsSpan(0, (int)logits.Count);
        logits.CopyTo(MemoryMarshal.AsBytes(values));
        // Each row draws and scores by itself; over a large vocabulary that is worth a processor each.
        var starts = new int[asked.Count];
        for (var i = 1; i < starts.Length; i++)
            starts[i] = starts[i - 1] + Asked(asked[i - 1]);
        var read = new List<LaneOutput>[asked.Count];
        var buffer = _values;
        void ReadOne(int i) => read[i] = asked[i].Row is GeneratingRow row
            ? Continue(row, buffer.AsSpan(starts[i] * width, Asked(asked[i]) * width))
            : Score(asked[i], buffer.AsSpan(starts[i] * width, Asked(asked[i]) * width), width);
        if (values.Length < ParallelLogits)
            for (var i = 0; i < asked.Count; i++)
                ReadOne(i);
        else
            Parallel.For(0, asked.Count, ReadOne);
        foreach (var one in read)
            outputs.AddRange(one);
    }

    private List<LaneOutput> Continue(GeneratingRow row, Span<float> logits)
    {
        var outputs = new List<LaneOutput>(2);
        var given = row.Options.RepetitionPenalty == 1 ? logits : logits.ToArray(); // the penalty changes what it draws from
        var token = row.Sampler.Next(given, row.Tokens);
        if (!row.Options.IgnoreEnd && model.Config.EosTokenIds.Contains(token))
        {
            outputs.Add(new RowEnded(row, RowEnd.EndToken));
            return outputs;
        }

        outputs.Add(new TokenMade(row, TokenScore.Of(logits, token, row.Alternatives)));
        row.Tokens.Add(token);
        if (row.Made >= row.Options.MaxNewTokens)
            outputs.Add(new RowEnded(row, RowEnd.Length));
        else if (row.Tokens.Count > model.Config.ContextLength)
            outputs.Add(new RowEnded(row, RowEnd.Context));
        return outputs;
    }

    private static List<LaneOutput> Score(PassPart part, ReadOnlySpan<float> logits, int width)
    {
        var outputs = new List<LaneOutput>(2);
        var scores = ImmutableArray.CreateBuilder<TokenScore>();
        for (var i = 0; i < Asked(part); i++)
            scores.Add(TokenScore.Of(logits.Slice(i * width, width), part.Row.Tokens[part.Start + i + 1], part.Row.Alternatives));
        outputs.Add(new TokensScored(part.Row, part.Start + 1, scores.DrainToImmutable()));
        if (part.IsLast)
            outputs.Add(new RowEnded(part.Row, RowEnd.Scored));
        return outputs;
    }
}
