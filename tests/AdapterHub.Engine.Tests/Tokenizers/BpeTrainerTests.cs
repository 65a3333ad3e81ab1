using System.Text.Json.Nodes;
using AdapterHub.Engine.Tokenizers;

namespace AdapterHub.Engine.Tests.Tokenizers;

public sealed class BpeTrainerTests
{
    private static readonly BpeTrainerOptions Small = new() { VocabularySize = 320, SpecialTokens = ["<|end|>"] };

    [Fact]
    public void MostFrequentPair_MergesFirst()
    {
        // Words: "aab" three times, " aab" twice, "ab" once. a+b occurs six times and merges first; a+ab, five times, follows.
        var tokenizer = BpeTrainer.Train(["aab", "aab aab", "aab aab", "ab"], Small with { VocabularySize = 259 });
        tokenizer.VocabularySize.ShouldBe(259);
        tokenizer.FindToken(257).ShouldBe("ab");
        tokenizer.FindToken(258).ShouldBe("aab");
        tokenizer.Encode("aab ab").Length.ShouldBe(3);
    }

    [Fact]
    public void SameTexts_GiveTheSameFileInAnyOrderAndOnAnyThreads()
    {
        var texts = Texts().ToArray();
        var first = Bytes(BpeTrainer.Train(texts, Small with { Threads = 1 }));
        Bytes(BpeTrainer.Train(texts.Reverse(), Small with { Threads = 4 })).ShouldBe(first);
    }

    [Fact]
    public void IncrementalCounts_ChooseAsCountingAfreshWould()
    {
        var texts = Texts().ToArray();
        var tokenizer = BpeTrainer.Train(texts, Small with { VocabularySize = 300 });
        var merges = JsonNode.Parse(Bytes(tokenizer))!["model"]!["merges"]!.AsArray().Select(merge => merge!.GetValue<string>()).ToArray();
        merges.ShouldBe(MergesCountedAfresh(texts, tokenizer, merges.Length));
    }

    [Fact]
    public void TrainedTokenizer_RoundTripsEverything()
    {
        var tokenizer = BpeTrainer.Train(Texts(), Small with { Digits = DigitGrouping.UpToThree });
        AwkwardText.Check(AwkwardText.Broken, text => tokenizer.Decode(tokenizer.Encode(text)).ShouldBe(AwkwardText.AsUtf8(text)));
        tokenizer.Encode("<|end|>").ShouldBe([0]);
        tokenizer.IsSpecial(0).ShouldBeTrue();
    }

    [Fact]
    public void TooFewPairs_LeaveTheVocabularySmaller() =>
        BpeTrainer.Train(["abc"], Small).VocabularySize.ShouldBe(257, "every pair occurs once, which is below the least frequency");

    [Fact]
    public void Digits_StayApartOrComeInThrees()
    {
        var texts = Enumerable.Repeat("1234567 1234567", 20).ToArray();
        BpeTrainer.Train(texts, Small).Encode("1234").Length.ShouldBe(4);
        BpeTrainer.Train(texts, Small with { Digits = DigitGrouping.UpToThree }).Encode("1234567").Length.ShouldBe(3);
    }

    [Fact]
    public void SpecialToken_IsNeverLearnt()
    {
        var tokenizer = BpeTrainer.Train(Enumerable.Repeat("abab", 50), Small with { SpecialTokens = ["ab"] });
        tokenizer.Encode("ab", matchSpecialTokens: false).Length.ShouldBe(2);
        tokenizer.Encode("ab").ShouldBe([0]);
    }

    [Fact]
    public void BadOptions_AreRefused()
    {
        Should.Throw<ArgumentException>(() => BpeTrainer.Train([], Small with { VocabularySize = 256 })).Message.ShouldContain("257");
        Should.Throw<ArgumentException>(() => BpeTrainer.Train([], Small with { SpecialTokens = ["a", "a"] }));
        Should.Throw<ArgumentException>(() => BpeTrainer.Train([], Small with { SpecialTokens = [""] }));
    }

    [Fact]
    public void FailingReader_FailsTheTrainingWithItsOwnError() =>
        Should.Throw<FileNotFoundException>(() => BpeTrainer.Train(Failing(), Small));

    [Fact]
    public void Cancellation_EndsTheTraining() =>
        Should.Throw<OperationCanceledException>(() => BpeTrainer.Train(Texts(), Small, null, new CancellationToken(canceled: true)));

    private static IEnumerable<string> Failing()
    {
        yield return "abc";
        throw new FileNotFoundException("gone");
    }

    private static IEnumerable<string> Texts()
    {
        var random = new Random(11);
        string[] words = ["the", "there", "then", "banana", "ananas", "aaaa", "don't", "café", "漢字", "😀😀", "x1", "2024", "ababab"];
        for (var text = 0; text < 40; text++)
            yield return string.Join(text % 3 == 0 ? "  " : " ", Enumerable.Range(0, 60).Select(_ => words[(int)(words.Length * random.NextDouble() * random.NextDouble())]));
    }

    // The definition itself, slow: count all pairs of the words, merge the most frequent (smallest ids among equals), and again.
    private static List<string> MergesCountedAfresh(string[] texts, Tokenizer tokenizer, int count)
    {
        var words = texts.SelectMany(Words).Select(word => word.Select(character => character.ToString()).ToList()).ToList();
        var merges = new List<string>();
        while (merges.Count < count)
        {
            var (left, right) = words.SelectMany(word => word.Zip(word.Skip(1))).GroupBy(pair => pair)
                .OrderByDescending(group => group.Count()).ThenBy(group => tokenizer.FindTokenId(group.Key.First)).ThenBy(group => tokenizer.FindTokenId(group.Key.Second))
                .First().Key;
            merges.Add($"{left} {right}");
            foreach (var word in words)
            {
                for (var at = 0; at + 1 < word.Count; at++)
                {
                    if (word[at] != left || word[at + 1] != right)
                        continue;
                    word[at] = left + right;
                    word.RemoveAt(at + 1);
                }
            }
        }

        return merges;
    }

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        AdapterHub.Engine.Tokenizers.Splitting.WordScanner.OneDigit.ForEachMatch(text, (start, end) =>
            words.Add(AdapterHub.Engine.Tokenizers.Models.ByteAlphabet.Write(text.AsSpan(start, end - start))));
        return words;
    }

    private static byte[] Bytes(Tokenizer tokenizer)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("adapterhub-").FullName, "tokenizer.json");
        tokenizer.Save(path);
        var bytes = File.ReadAllBytes(path);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        return bytes;
    }
}
