using AdapterHub.Engine.Models;

namespace AdapterHub.Engine.Inference.Lanes;

/// <summary>Limits of a batch.</summary>
public sealed record LaneBatchOptions
{
    /// <summary>Rows at work at the same time.</summary>
    public int MostRows { get; init; } = 32;

    /// <summary>Positions of all rows together that keys and values are kept of.</summary>
    public long CachePositions { get; init; } = 32 * 1024;

    /// <summary>Tokens read in one pass. More read a prompt sooner, and let other rows and a cancellation wait longer.</summary>
    public int PassTokens { get; init; } = 256;

    /// <summary>Models with replaced weights (DoRA, saved modules) kept after their last row.</summary>
    public int IdleVariants { get; init; } = 1;

    /// <summary>Passes of one token a row run from fixed buffers, on a GPU recorded and replayed; null does so on a GPU.</summary>
    internal bool? RecordsDecoding { get; init; }
}

/// <summary>
/// Any number of texts on one base model at once, each with adapters and weights of its own. Rows join and leave between passes; a pass reads one token
/// of every row that is being continued and pieces of prompts beside them. Not for use from several threads.
/// </summary>
public sealed class LaneBatch : IDisposable
{
    private readonly CausalModel _model;
    private readonly LaneBatchOptions _options;
    private readonly PagedCache _cache;
    private readonly LaneGroup _base;
    private readonly Dictionary<string, LaneGroup> _variants = new(StringComparer.Ordinal);

    /// <param name="model">Stays the caller's; nothing else may be bound to it meanwhile.</param>
    public LaneBatch(CausalModel model, LaneBatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        (_model, _options, _base) = (model, options, new LaneGroup(model, options.RecordsDecoding ?? model.Device.IsCuda));
        _cache = new PagedCache(model.Config, model.Device, model.ComputeType, options.CachePositions);
    }

    /// <summary>Rows that have not ended.</summary>
    public int Rows => _base.Rows.Count + _variants.Values.Sum(variant => variant.Rows.Count);

    /// <summary>Memory beside the base model: keys and values, stacked factors and replaced weights.</summary>
    public long Bytes => _cache.Bytes + _base.Bytes + _variants.Values.Sum(variant => variant.Bytes);

    /// <summary>Why a row could not be taken even by an empty batch, or null.</summary>
    public string? FindObstacle(LaneRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var context = _model.Config.ContextLength;
        if (row.Tokens.Count > context || (row is GeneratingRow && row.Tokens.Count >= context))
            return row is GeneratingRow
                ? $"The prompt has {row.Tokens.Count} tokens; the model's context holds {context}, the answer included."
                : $"The text has {row.Tokens.Count} tokens; the model's context holds {context}.";
        if (PagedCache.PagesFor(row.Room(context)) > PagedCache.PagesFor(_cache.MostPositions))
            return $"Prompt and answer need {row.Room(context)} positions; the cache holds {_cache.MostPositions}. Ask for fewer new tokens.";
        return row.Tokens.Find(token => token < 0 || token >= _model.Config.VocabularySize) is var wrong and not 0
            ? $"Token {wrong} is none of the model's {_model.Config.VocabularySize}."
            : null;
    }

    /// <returns>False while there is no room for it.</returns>
    public bool TryAdd(LaneRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (FindObstacle(row) is { } obstacle)
            throw new ArgumentException(obstacle, nameof(row));
        if (Rows >= _options.MostRows || _cache.FindRoom(row.Room(_model.Config.ContextLength)) is not { } text)
            return false;
        row.Cached = text;
        GroupOf(row.Blend).Add(row);
        return true;
    }

    /// <summary>Takes a row out before its end. One that has left already is no fault.</summary>
    public void Remove(LaneRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.Cached is not { } text)
            return;
        row.Cached = null;
        _cache.Release(text);
        _variants.Values.Prepend(_base).First(group => group.Rows.Contains(row)).Remove(row);
    }

    /// <summary>Whether factors of an adapter are in use, so that it must not be freed.</summary>
    public bool Holds(ResidentAdapter adapter) =>
        _variants.Values.Prepend(_base).Any(group => group.Stack.Holds(adapter) || group.Rows.Any(row => row.Blend.Shares.Any(share => share.Adapter == adapter)));

    /// <summary>Lets go of adapters and variants that no row uses.</summary>
    public void ReleaseIdle()
    {
        if (_base.Rows.Count == 0)
        {
            _base.Forget();
            _base.Stack.Clear();
        }

        DropVariants(0);
    }

    /// <summary>One pass. What it gave, in the order of the rows; nothing where there are no rows.</summary>
    public IReadOnlyList<LaneOutput> Step()
    {
        var outputs = new List<LaneOutput>();
        var room = _options.PassTokens;
        foreach (var group in _variants.Values.Prepend(_base).Where(group => group.Rows.Count > 0).ToList())
        {
            var parts = group.Plan(ref room, _options.PassTokens);
            if (parts.Count > 0)
                group.Run(parts, _cache, outputs);
        }

        foreach (var ended in outputs.OfType<RowEnded>())
            Remove(ended.Row);
        DropVariants(_options.IdleVariants);
        return outputs;
    }

    public void Dispose()
    {
        foreach (var variant in _variants.Values)
            variant.Dispose();
        _base.Forget();
        _base.Stack.Dispose();
        _cache.Dispose();
    }

    private LaneGroup GroupOf(LaneBlend blend)
    {
        if (blend.Replacement is not { } replacement)
            return _base;
        if (!_variants.TryGetValue(replacement.Key, out var group))
            _variants.Add(replacement.Key, group = replacement.Apply(_model, _options.RecordsDecoding ?? _model.Device.IsCuda));
        return group;
    }

    private void DropVariants(int kept)
    {
        foreach (var (key, idle) in _variants.Where(variant => variant.Value.Rows.Count == 0).SkipLast(kept).ToList())
        {
            idle.Dispose();
            _variants.Remove(key);
        }
    }
}
