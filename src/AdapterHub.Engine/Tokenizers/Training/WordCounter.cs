using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using AdapterHub.Engine.Tokenizers.Normalizing;
using AdapterHub.Engine.Tokenizers.Splitting;

namespace AdapterHub.Engine.Tokenizers.Training;

/// <summary>Counts the distinct words (pre-tokens) of a corpus on several threads.</summary>
internal static class WordCounter
{
    // Longer pre-tokens are encoded data or rulers: they teach no vocabulary, and each merge would walk all of them.
    private const int LongestWord = 128;

    /// <summary>Each word with its count, in ordinal order so that the number of threads does not show.</summary>
    public static (string Word, long Count)[] Count(
        IEnumerable<string> texts,
        WordScanner scanner,
        int threads,
        IProgress<BpeTrainingProgress>? progress,
        CancellationToken cancellation)
    {
        var all = new Dictionary<string, long>(StringComparer.Ordinal);
        try
        {
            CountInto(all, texts, scanner, threads, progress, cancellation);
        }
        catch (AggregateException errors)
        {
            // The reader of the texts failed: its own error is what the caller can act on.
            ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        }

        return [.. all.Select(entry => (entry.Key, entry.Value)).OrderBy(entry => entry.Key, StringComparer.Ordinal)];
    }

    private static void CountInto(
        Dictionary<string, long> all,
        IEnumerable<string> texts,
        WordScanner scanner,
        int threads,
        IProgress<BpeTrainingProgress>? progress,
        CancellationToken cancellation)
    {
        long done = 0;
        Parallel.ForEach(
            Partitioner.Create(texts, EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation },
            () => new Dictionary<string, long>(StringComparer.Ordinal),
            (text, _, counts) =>
            {
                Count(WellFormedText.Of(text), scanner, counts);
                progress?.Report(new BpeTrainingProgress(BpeTrainingStage.CountingWords, Interlocked.Increment(ref done), null));
                return counts;
            },
            counts =>
            {
                lock (all)
                {
                    foreach (var (word, count) in counts)
                        CollectionsMarshal.GetValueRefOrAddDefault(all, word, out _) += count;
                }
            });
    }

    private static void Count(string text, WordScanner scanner, Dictionary<string, long> counts)
    {
        var bySpan = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        var span = text.AsSpan();
        for (var start = 0; start < span.Length;)
        {
            var end = scanner.NextEnd(span, start);
            if (end - start <= LongestWord)
                CollectionsMarshal.GetValueRefOrAddDefault(bySpan, span[start..end], out _)++;
            start = end;
        }
    }
}
