using AdapterHub.Engine.Training.Datasets;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Training.Datasets;

public sealed class TokenStoreTests : IDisposable
{
    private static readonly string Key = new('a', 64);
    private readonly DatasetFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(128_256)]
    public void WrittenDocuments_ComeBackEqual(int vocabularySize)
    {
        var path = Path.Combine(_folder.Root, "a.tokens");
        var documents = Gen.Choose(0, vocabularySize - 1).ArrayOf().SelectMany(tokens =>
            Gen.Elements(true, true, false).ArrayOf(tokens.Length).SelectMany(mask =>
                Gen.Elements(RowFit.Flow, RowFit.Keep, RowFit.Truncate).Select(fit => new TokenizedExample(tokens, mask) { Fit = fit })));
        TestDocuments.Check(documents.ListOf(), examples =>
        {
            TokenStore.Write(path, Key, vocabularySize, examples);
            using var store = TokenStore.Open(path);
            var filled = examples.Where(example => example.Tokens.Length > 0).ToList();
            store.Count.ShouldBe(filled.Count);
            store.TokenCount.ShouldBe(filled.Sum(example => example.Tokens.Length));
            for (var k = 0; k < filled.Count; k++)
            {
                store.Tokens(k).ShouldBe(filled[k].Tokens);
                store.Mask(k).ShouldBe(filled[k].LossMask);
                store.GetFit(k).ShouldBe(filled[k].Fit);
            }
        });
    }

    [Fact]
    public void InMemoryAndStored_ReadAlikeAtEveryOffset()
    {
        var memory = TestDocuments.Distinct([1, 9, 40], RowFit.Keep, token => token % 3 != 0);
        var path = Path.Combine(_folder.Root, "a.tokens");
        TokenStore.Write(path, Key, 1000, Enumerable.Range(0, 3).Select(k => new TokenizedExample(memory.Tokens(k), memory.Mask(k))));
        using var store = TokenStore.Open(path);
        for (var start = 0; start < 40; start++)
        {
            var (tokens, stored) = (new int[40 - start], new int[40 - start]);
            var (mask, storedMask) = (new bool[40 - start], new bool[40 - start]);
            memory.ReadTokens(2, start, tokens);
            store.ReadTokens(2, start, stored);
            memory.ReadLossMask(2, start, mask);
            store.ReadLossMask(2, start, storedMask);
            stored.ShouldBe(tokens);
            storedMask.ShouldBe(mask);
        }

        Should.Throw<ArgumentOutOfRangeException>(() => store.ReadTokens(1, 5, new int[5]));
    }

    [Fact]
    public void PartsOfADocument_AreJoined()
    {
        var path = Path.Combine(_folder.Root, "a.tokens");
        TokenStore.Write(path, Key, 100, [new([1, 2], [true, true]) { EndsDocument = false, Fit = RowFit.Flow }, new([3], [true]) { Fit = RowFit.Flow }, new([4], [true])]);
        using var store = TokenStore.Open(path);
        store.All().ShouldBe([[1, 2, 3], [4]]);
        store.HasLossMask.ShouldBeFalse();
        new FileInfo(path).Length.ShouldBe(128 + 8 + 24, "2 bytes a token, no mask");
    }

    [Fact]
    public void SameKey_IsReusedAndAnotherIsWrittenAgain()
    {
        var path = Path.Combine(_folder.Root, "cache", "a.tokens");
        var made = 0;
        IEnumerable<TokenizedExample> Make()
        {
            made++;
            yield return new TokenizedExample([made], [true]);
        }

        foreach (var (key, expected) in new[] { (Key, 1), (Key, 1), (new string('b', 64), 2), (new string('b', 64), 2) })
        {
            using var store = TokenStore.OpenOrWrite(path, key, 100, Make);
            store.Tokens(0).ShouldBe([expected]);
        }

        File.WriteAllBytes(path, File.ReadAllBytes(path)[..140]);
        using var healed = TokenStore.OpenOrWrite(path, new string('b', 64), 100, Make);
        healed.Tokens(0).ShouldBe([3]);
    }

    [Fact]
    public void FailureWhileWriting_LeavesNothingBehind()
    {
        static IEnumerable<TokenizedExample> Break()
        {
            yield return new TokenizedExample([1], [true]);
            throw new DatasetException("broken");
        }

        Should.Throw<DatasetException>(() => TokenStore.Write(Path.Combine(_folder.Root, "a.tokens"), Key, 100, Break()));
        Should.Throw<ArgumentException>(() => TokenStore.Write(Path.Combine(_folder.Root, "a.tokens"), Key, 100, [new TokenizedExample([100], [true])]));
        Directory.EnumerateFileSystemEntries(_folder.Root).ShouldBeEmpty();
    }

    [Fact]
    public void DamagedFile_IsNamedWhateverByteIsChanged()
    {
        var path = Path.Combine(_folder.Root, "a.tokens");
        TokenStore.Write(path, Key, 100, [new([1, 2, 3, 4, 5], [true, false, true, true, true]), new([6, 7], [true, true])]);
        var whole = File.ReadAllBytes(path);
        foreach (var at in Enumerable.Range(0, 40).Concat(Enumerable.Range(whole.Length - 24, 24)))
        {
            var damaged = whole.ToArray();
            damaged[at] ^= 0x55;
            File.WriteAllBytes(path, damaged);
            Should.Throw<DatasetException>(() => TokenStore.Open(path), $"byte {at}").Path.ShouldBe(path);
        }

        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Should.Throw<DatasetException>(() => TokenStore.Open(path), $"cut to {length}");
        }
    }

    [Fact]
    public void Key_DependsOnBytesOptionsAndTokenizerOnly()
    {
        var a = _folder.Write("a.txt", "same");
        var b = _folder.Write("b.txt", "same");
        var c = _folder.Write("c.txt", "else");
        var encoder = new ExampleEncoder(TestDocuments.Characters);
        var key = TokenStoreKey.Compute(new DatasetReader([a]), encoder);
        key.Length.ShouldBe(64);
        TokenStoreKey.Compute(new DatasetReader([b]), encoder).ShouldBe(key);
        TokenStoreKey.Compute(new DatasetReader([c]), encoder).ShouldNotBe(key);
        TokenStoreKey.Compute(new DatasetReader([a, b]), encoder).ShouldNotBe(key);
        TokenStoreKey.Compute(new DatasetReader([a], new DatasetOptions { Split = TextSplit.Paragraphs }), encoder).ShouldNotBe(key);
        TokenStoreKey.Compute(new DatasetReader([a], new DatasetOptions { Fields = new FieldNames(Text: "t") }), encoder).ShouldNotBe(key);
        TokenStoreKey.Compute(new DatasetReader([a]), new ExampleEncoder(TestDocuments.Characters with { Digest = "other" })).ShouldNotBe(key);
        TokenStoreKey.Compute(new DatasetReader([a]), encoder, "chatml").ShouldNotBe(key);
    }

    [Fact]
    public void LargeCorpus_GoesThroughTheCache()
    {
        var small = _folder.Write("small.txt", "text");
        var large = _folder.Write("large.txt", new string('x', 1001));
        var cache = Path.Combine(_folder.Root, "cache");
        var encoder = new ExampleEncoder(TestDocuments.Characters);
        TokenizedCorpus.Load(new DatasetReader([small]), encoder, cache, mostBytesInMemory: 1000).ShouldBeOfType<ExampleList>();
        Directory.Exists(cache).ShouldBeFalse();
        using var store = TokenizedCorpus.Load(new DatasetReader([large]), encoder, cache, mostBytesInMemory: 1000).ShouldBeOfType<TokenStore>();
        store.TokenCount.ShouldBe(1003);
        var written = File.GetLastWriteTimeUtc(store.Path);
        using var again = TokenizedCorpus.Load(new DatasetReader([large]), encoder, cache, mostBytesInMemory: 1000).ShouldBeOfType<TokenStore>();
        File.GetLastWriteTimeUtc(again.Path).ShouldBe(written);
    }
}
