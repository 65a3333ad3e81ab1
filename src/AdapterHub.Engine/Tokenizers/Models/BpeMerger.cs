namespace AdapterHub.Engine.Tokenizers.Models;

/// <summary>
/// The merge loop over one piece: a linked list of ids and a queue of possible merges, lowest rank first and leftmost among equals.
/// O(n log n), so a megabyte without a space is no different from a word.
/// </summary>
internal sealed class BpeMerger
{
    private const int LargestKept = 1 << 14;
    private const int Removed = -1;
    private const int None = -1;

    [ThreadStatic]
    private static BpeMerger? s_spare;

    private readonly PriorityQueue<MergeRule, ulong> _queue = new();
    private int[] _ids = [];
    private int[] _previous = [];
    private int[] _next = [];
    private int _count;

    /// <summary>The key under which a pair of ids stands among the merges.</summary>
    public static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    /// <summary>An empty merger with room for <paramref name="symbols"/> ids.</summary>
    public static BpeMerger Rent(int symbols)
    {
        var merger = s_spare ?? new BpeMerger();
        s_spare = null;
        merger._count = 0;
        if (merger._ids.Length < symbols)
        {
            merger._ids = new int[symbols];
            merger._previous = new int[symbols];
            merger._next = new int[symbols];
        }

        return merger;
    }

    /// <summary>Keeps the merger for the next piece of this thread, unless it has grown large.</summary>
    public static void Return(BpeMerger merger)
    {
        if (merger._ids.Length <= LargestKept)
            s_spare = merger;
    }

    public void Add(int id)
    {
        _ids[_count] = id;
        _previous[_count] = _count - 1;
        _next[_count] = None;
        if (_count > 0)
            _next[_count - 1] = _count;
        _count++;
    }

    /// <summary>Merges all that can be merged and appends what is left.</summary>
    public void Run(Dictionary<ulong, MergeRule> merges, List<int> ids)
    {
        _queue.Clear();
        for (var index = 0; index + 1 < _count; index++)
            Offer(merges, index, index + 1);
        while (_queue.TryDequeue(out var rule, out var priority))
        {
            var left = (int)(uint)priority;
            var right = _next[left];
            if (_ids[left] == Removed || right == None || !StillMakes(merges, left, right, rule.Merged))
                continue;
            _ids[left] = rule.Merged;
            _ids[right] = Removed;
            var after = _next[left] = _next[right];
            if (after != None)
                _previous[after] = left;
            if (_previous[left] != None)
                Offer(merges, _previous[left], left);
            if (after != None)
                Offer(merges, left, after);
        }

        for (var index = 0; index < _count; index++)
        {
            if (_ids[index] != Removed)
                ids.Add(_ids[index]);
        }
    }

    private void Offer(Dictionary<ulong, MergeRule> merges, int left, int right)
    {
        if (merges.TryGetValue(Key(_ids[left], _ids[right]), out var rule))
            _queue.Enqueue(rule, ((ulong)(uint)rule.Rank << 32) | (uint)left);
    }

    // An entry is stale where its symbols have changed since; like upstream, it counts as fresh as long as it would make the same token.
    private bool StillMakes(Dictionary<ulong, MergeRule> merges, int left, int right, int merged) =>
        merges.TryGetValue(Key(_ids[left], _ids[right]), out var rule) && rule.Merged == merged;
}
