using AdapterHub.Engine.Models;
using AdapterHub.Engine.Training;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Inference.Lanes;

/// <summary>
/// Passes of one token of every row, which are nearly all passes: on a GPU recorded once and replayed as one launch as long as the same rows go on. All that
/// changes from pass to pass goes up in one buffer at a fixed address: ids, positions, places, lengths and the table of pages. The table has room to grow,
/// so that a text's next page does not end the recording.
/// </summary>
/// <param name="model">With its lanes bound.</param>
/// <param name="cache">Of the rows.</param>
internal sealed class RecordedDecoding(CausalModel model, PagedCache cache) : IDisposable
{
    /// <summary>256 positions. Reading pages that are not filled costs less than recording again.</summary>
    private const int FewestPages = 16;
    private (int Rows, int Width, int Generation) _shape;
    private CudaGraphStep? _graph;
    private Tensor? _buffer;
    private Tensor[] _inputs = [];
    private Tensor? _logits;
    private PagedCache.DecodePass? _pass;

    /// <summary>Whether the device replays; elsewhere a pass runs as it is.</summary>
    public bool IsRecorded => model.Device.IsCuda;

    /// <param name="parts">One new token of each, in the order of the lanes.</param>
    /// <returns>Logits (N, vocabulary) f32, valid until the next pass.</returns>
    public Tensor Run(IReadOnlyList<PassPart> parts)
    {
        var needed = parts.Max(part => (int)PagedCache.PagesFor(part.Row.Cached!.Length + 1));
        var width = _shape.Rows == parts.Count && _shape.Width >= needed && _shape.Generation == cache.Generation
            ? _shape.Width
            : (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(needed + 1, FewestPages));
        var layout = cache.Lay([.. parts.Select(part => (part.Row.Cached!, 1))], width);
        if (_shape != (parts.Count, width, cache.Generation))
            MakeRoom(parts.Count, width);
        using (var source = Tensor.From<long>([.. parts.Select(part => (long)part.Row.Tokens[part.Start]), .. layout.Positions, .. layout.Places, .. layout.Lengths, .. layout.Table]))
            _buffer!.Copy_(source);
        if (_graph is not null)
            _graph.Run();
        else
            Work();
        return _logits!;
    }

    /// <summary>The weights, the adapters or the rows are others.</summary>
    public void Forget()
    {
        _graph?.Dispose();
        _graph = null;
        foreach (var tensor in _inputs.Append(_buffer).Append(_logits))
            tensor?.Dispose();
        (_inputs, _buffer, _logits, _pass, _shape) = ([], null, null, null, default);
    }

    public void Dispose() => Forget();

    private void MakeRoom(int rows, int width)
    {
        Forget();
        using var scope = new TensorScope();
        _buffer = TensorScope.Detach(Tensor.Zeros([4L * rows + rows * width], DType.Int64, model.Device));
        _inputs = [.. Enumerable.Range(0, 4).Select(part => _buffer.Narrow(0, part * rows, rows)), _buffer.Narrow(0, 4L * rows, rows * width).View(rows, width)];
        foreach (var input in _inputs)
            TensorScope.Detach(input);
        _pass = new PagedCache.DecodePass(cache, _inputs[2], _inputs[4], _inputs[3]);
        if (IsRecorded)
            _graph = new CudaGraphStep(model.Device, Work, () => { }, _ => { }) { IsBrief = true };
        _shape = (rows, width, cache.Generation);
    }

    private void Work()
    {
        using var inference = Grad.Inference();
        using var scope = new TensorScope();
        var logits = model.LogitsOf(model.HiddenOf(_inputs[0], _inputs[1], _pass!)).To(DType.Float32);
        _logits?.Dispose();
        _logits = TensorScope.Detach(logits);
    }
}
