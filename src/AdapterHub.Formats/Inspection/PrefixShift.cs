namespace AdapterHub.Formats.Inspection;

/// <summary>
/// Bridges the one part by which an adapter's paths may differ from the names in a checkpoint: transformers loads GPT-2's <c>h.0.attn.c_attn</c>
/// as <c>transformer.h.0.attn.c_attn</c>, and a bare LlamaModel drops the <c>model</c> of its checkpoint (PreTrainedModel.base_model_prefix).
/// </summary>
internal sealed record PrefixShift
{
    private static readonly PrefixShift Nothing = new();

    private string? Removed { get; init; }

    private string? Put { get; init; }

    /// <summary><c>-transformer</c>, <c>+model</c>, or null.</summary>
    public string? Name => Removed is not null ? $"-{Removed}" : Put is not null ? $"+{Put}" : null;

    /// <summary>The shift under which most paths are modules of the base; none where a path is one as it stands.</summary>
    public static PrefixShift Find(IEnumerable<string> paths, IReadOnlyDictionary<string, BaseModule> modules)
    {
        var all = paths.ToList();
        if (all.Any(modules.ContainsKey))
            return Nothing;
        var best = First(all).Select(part => new PrefixShift { Removed = part })
            .Concat(First(modules.Keys).Select(part => new PrefixShift { Put = part }))
            .Select(shift => (Shift: shift, Found: all.Count(path => modules.ContainsKey(shift.Apply(path)))))
            .DefaultIfEmpty().MaxBy(candidate => candidate.Found);
        return best.Found > 0 ? best.Shift : Nothing;
    }

    public BaseModule? FindModule(string path, IReadOnlyDictionary<string, BaseModule> modules) =>
        modules.GetValueOrDefault(path) ?? modules.GetValueOrDefault(Apply(path));

    /// <summary>The name among the base's tensors that a path means: as it stands if there is one, else shifted.</summary>
    public string ToBase(string name, IReadOnlyDictionary<string, TensorOutline> tensors) => tensors.ContainsKey(name) ? name : Apply(name);

    private string Apply(string path)
    {
        if (Removed is not null && path.StartsWith(Removed + ".", StringComparison.Ordinal))
            return path[(Removed.Length + 1)..];
        return Put is null ? path : $"{Put}.{path}";
    }

    /// <summary>The few first parts of paths; a hostile file can have as many as it has tensors.</summary>
    private static IEnumerable<string> First(IEnumerable<string> paths) =>
        paths.Select(path => path.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? path[..dot] : null).OfType<string>()
            .GroupBy(part => part, StringComparer.Ordinal).OrderByDescending(group => group.Count()).Take(4).Select(group => group.Key);
}
