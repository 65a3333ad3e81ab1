using System.Runtime.InteropServices;
using AdapterHub.Engine.Tokenizers.Models;

namespace AdapterHub.Engine.Tokenizers.Training;

/// <summary>
/// Words as sequences of ids, and how often each pair of neighbours occurs in them. A merge touches only the words that hold its pair.
/// </summary>
internal sealed class PairCounts
{
    private readonly List<(int[] Symbols, long Count)> _words = [];
    private readonly Dictionary<ulong, Pair> _pairs = [];

    // Entries may be out of date. A pair whose count rises gets a new entry at once; one that falls, when its entry comes to the top.
    private readonly PriorityQueue<ulong, (long Falling, ulong Key)> _queue = new();

    public PairCounts(IEnumerable<(int[] Symbols, long Count)> words)
    {
        foreach (var (symbols, count) in words)
        {
            _words.Add((symbols, count));
            Count(_words.Count - 1, symbols, count);
        }

        foreach (var (key, pair) in _pairs)
            _queue.Enqueue(key, (-pair.Count, key));
    }

    /// <summary>The pair that occurs most often, and at least <paramref name="least"/> times; among equals the one with the smallest ids.</summary>
    public bool TryTakeMostFrequent(int least, out int left, out int right)
    {
        while (_queue.TryDequeue(out var key, out var priority))
        {
            var count = _pairs.TryGetValue(key, out var pair) ? pair.Count : 0;
            if (count != -priority.Falling)
            {
                if (count >= least)
                    _queue.Enqueue(key, (-count, key));
                continue;
            }

            if (count < least)
                break;
            (left, right) = ((int)(key >> 32), (int)(uint)key);
            return true;
        }

        (left, right) = (0, 0);
        return false;
    }

    /// <summary>Replaces the pair by <paramref name="merged"/> in every word, from left to right.</summary>
    public void Merge(int left, int right, int merged)
    {
        if (!_pairs.Remove(BpeMerger.Key(left, right), out var taken))
            return;
        var made = new HashSet<ulong>();
        foreach (var index in taken.Words)
        {
            var (symbols, count) = _words[index];
            var shorter = Replaced(symbols, left, right, merged);
            if (shorter.Length == symbols.Length)
                continue;
            Count(-1, symbols, -count);
            _words[index] = (shorter, count);
            Count(index, shorter, count);
            for (var at = 0; at + 1 < shorter.Length; at++)
            {
                if (shorter[at] == merged || shorter[at + 1] == merged)
                    made.Add(BpeMerger.Key(shorter[at], shorter[at + 1]));
            }
        }

        _pairs.Remove(BpeMerger.Key(left, right));
        foreach (var key in made)
            _queue.Enqueue(key, (-_pairs[key].Count, key));
    }

    // Adds a word's pairs with its count, and notes the word where its index is given; a negative count takes them away.
    private void Count(int word, int[] symbols, long count)
    {
        for (var at = 0; at + 1 < symbols.Length; at++)
        {
            ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, BpeMerger.Key(symbols[at], symbols[at + 1]), out _);
            pair ??= new Pair();
            pair.Count += count;
            if (word >= 0 && (pair.Words.Count == 0 || pair.Words[^1] != word))
                pair.Words.Add(word);
        }
    }

    private static int[] Replaced(int[] symbols, int left, int right, int merged)
    {
        var result = new int[symbols.Length];
        var kept = 0;
        for (var at = 0; at < symbols.Length; at++)
        {
            var joins = symbols[at] == left && at + 1 < symbols.Length && symbols[at + 1] == right;
            result[kept++] = joins ? merged : symbols[at];
            if (joins)
                at++;
        }

        return kept == symbols.Length ? symbols : result[..kept];
    }

    private sealed class Pair
    {
        public long Count { get; set; }

        /// <summary>Words that held the pair at some time; some may hold it no longer, and one may be listed twice.</summary>
        public List<int> Words { get; } = [];
    }
}
