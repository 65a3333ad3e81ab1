using System.Text;
using AdapterHub.Engine.Tokenizers.Models;
using AdapterHub.Engine.Tokenizers.Splitting;
using AdapterHub.Engine.Tokenizers.Training;

namespace AdapterHub.Engine.Tokenizers;

/// <summary>
/// Learns a byte-level BPE vocabulary. The same texts, in any order, give the same tokenizer. Algorithm: Sennrich et al. 2016, section 3.2, over
/// the bytes of distinct words weighted by their counts; ties go to the pair with the smaller ids.
/// </summary>
public static class BpeTrainer
{
    /// <param name="texts">Read once, from several threads one at a time. No merge crosses the end of a text.</param>
    /// <exception cref="ArgumentException">The vocabulary has no room for the special tokens and the bytes, or a special token is empty or repeated.</exception>
    public static Tokenizer Train(
        IEnumerable<string> texts,
        BpeTrainerOptions options,
        IProgress<BpeTrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        Check(options);
        var (scanner, regex) = options.Digits == DigitGrouping.Single
            ? (WordScanner.OneDigit, WordScanner.OneDigitRegex)
            : (WordScanner.ThreeDigits, WordScanner.ThreeDigitRegex);
        var words = WordCounter.Count(texts, scanner, options.Threads, progress, cancellation);

        var tokens = options.SpecialTokens.Concat(SortedBytes().Select(value => ByteAlphabet.NameOf(value).ToString())).ToList();
        var ids = tokens.Select((token, id) => (token, id)).ToDictionary(entry => entry.token, entry => entry.id, StringComparer.Ordinal);
        var byteIds = new int[256];
        foreach (var (value, index) in SortedBytes().Select((value, index) => (value, index)))
            byteIds[value] = options.SpecialTokens.Count + index;

        var pairs = new PairCounts(words.Select(word => (Encoding.UTF8.GetBytes(word.Word).Select(value => byteIds[value]).ToArray(), word.Count)));
        var merges = new List<(string Left, string Right)>();
        var wanted = options.VocabularySize - tokens.Count;
        while (tokens.Count < options.VocabularySize && pairs.TryTakeMostFrequent(options.MinimumFrequency, out var left, out var right))
        {
            cancellation.ThrowIfCancellationRequested();
            var text = tokens[left] + tokens[right];
            // Two pairs can spell the same token, which then keeps its id. None may spell a special token.
            if (!ids.TryGetValue(text, out var merged))
            {
                merged = ids[text] = tokens.Count;
                tokens.Add(text);
            }
            else if (merged < options.SpecialTokens.Count)
            {
                continue;
            }

            merges.Add((tokens[left], tokens[right]));
            pairs.Merge(left, right, merged);
            progress?.Report(new BpeTrainingProgress(BpeTrainingStage.Merging, wanted - (options.VocabularySize - tokens.Count), wanted));
        }

        return Tokenizer.Parse(ByteLevelFile.Write(tokens, merges, options.SpecialTokens, regex));
    }

    private static IEnumerable<byte> SortedBytes() => Enumerable.Range(0, 256).Select(value => (byte)value).OrderBy(ByteAlphabet.NameOf);

    private static void Check(BpeTrainerOptions options)
    {
        if (options.SpecialTokens.Any(token => token.Length == 0) || options.SpecialTokens.Distinct(StringComparer.Ordinal).Count() < options.SpecialTokens.Count)
            throw new ArgumentException("Special tokens must not be empty and must differ from one another.", nameof(options));
        var least = options.SpecialTokens.Count + 256;
        if (options.VocabularySize < least)
            throw new ArgumentException($"A vocabulary of {options.VocabularySize} is too small: the special tokens and bytes alone are {least}.", nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MinimumFrequency);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Threads);
    }
}
