using AdapterHub.Engine.Tokenizers;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Protocol.Inference;
using AdapterHub.Worker.Text;

namespace AdapterHub.Worker.Inference;

/// <summary>Adds records up to what a text is in tokens: all of a short one, evenly spread samples of a long one.</summary>
/// <param name="corpus">Tokenises as training does.</param>
/// <param name="tokenizer">Writes tokens out.</param>
/// <param name="bytes">Of all files; decides how much is sampled.</param>
/// <param name="rows">First documents to be shown with their tokens.</param>
internal sealed class TextSample(TextCorpus corpus, Tokenizer tokenizer, long bytes, int rows)
{
    /// <summary>UTF-16 units that are tokenised at most, about a second's work.</summary>
    private const long Budget = 3_000_000;

    /// <summary>A longer record of running text is sampled in slices of so many units.</summary>
    private const int Slice = 8192;
    private const int MostLengths = 600;
    private const int ShownPieces = 160;
    private readonly double _share = Math.Min(1, Budget / (double)Math.Max(1, bytes));
    private readonly List<int> _lengths = [];
    private readonly List<MeasuredRow> _rows = [];
    private int _stride = 1;
    private long _cuttable, _units, _encodedUnits, _tokens, _documents;
    private double _due = 1;

    public void Add(DatasetRecord record)
    {
        var units = UnitsOf(record);
        _units += units;
        if (record is TextRecord { Text.Length: > 2 * Slice } running && _share < 1)
            AddSlices(running);
        else if (Take() || _rows.Count < rows)
            AddWhole(record, units);
        _documents += record is TextRecord { EndsDocument: false } ? 0 : 1;
    }

    public TextMeasured Complete()
    {
        var isWhole = _encodedUnits == _units;
        var tokens = isWhole || _encodedUnits == 0 ? _tokens : (long)(_tokens * (_units / (double)_encodedUnits));
        return new TextMeasured(tokens, _documents, isWhole, _lengths, _rows);
    }

    private bool Take()
    {
        _due += _share;
        if (_due < 1)
            return false;
        _due -= 1;
        return true;
    }

    private void AddWhole(DatasetRecord record, long units)
    {
        var example = corpus.Encode(record);
        _tokens += example.Tokens.Length;
        _encodedUnits += units;
        if (example.Fit == RowFit.Truncate)
            AddLength(example.Tokens.Length);
        if (_rows.Count < rows)
            Show(example);
    }

    /// <summary>Keeps every n-th length, n doubling as they grow many, so that those kept are spread over the text.</summary>
    private void AddLength(int length)
    {
        if (_cuttable++ % _stride != 0)
            return;
        _lengths.Add(length);
        if (_lengths.Count < MostLengths)
            return;
        var kept = _lengths.Where((_, index) => index % 2 == 0).ToList();
        _lengths.Clear();
        _lengths.AddRange(kept);
        _stride *= 2;
    }

    private void AddSlices(TextRecord running)
    {
        var text = running.Text;
        var step = (int)Math.Clamp(Slice / _share, Slice, text.Length);
        for (var start = 0; start < text.Length; start += step)
        {
            var from = char.IsLowSurrogate(text[start]) ? start + 1 : start;
            var to = Math.Min(text.Length, from + Slice);
            if (to < text.Length && char.IsLowSurrogate(text[to]))
                to++;
            var slice = text[from..to];
            if (string.IsNullOrWhiteSpace(slice))
                continue;
            var example = corpus.Encode(running with { Text = slice, StartsDocument = false, EndsDocument = false });
            _tokens += example.Tokens.Length;
            _encodedUnits += slice.Length;
            if (_rows.Count < rows && _documents >= _rows.Count)
                Show(example);
        }
    }

    private void Show(TokenizedExample example)
    {
        var pieces = example.Tokens.Take(ShownPieces).Select(token => tokenizer.Decode([token], skipSpecialTokens: false)).ToList();
        var prompt = Array.IndexOf(example.LossMask, true);
        _rows.Add(new MeasuredRow(example.Tokens.Length, pieces, Math.Max(0, pieces.Count - Math.Max(0, prompt))));
    }

    private static long UnitsOf(DatasetRecord record) => record switch
    {
        TextRecord text => text.Text.Length,
        CompletionRecord pair => pair.Prompt.Length + pair.Completion.Length,
        ChatRecord chat => chat.Messages.Sum(message => (long)message.Content.Length),
        _ => 0,
    };
}
