namespace AdapterHub.Engine.Training.Datasets;

/// <summary>The short way from files to documents.</summary>
public static class TokenizedCorpus
{
    /// <summary>Files up to this many bytes together are usually held in memory: tokenising them again costs seconds.</summary>
    public const long MostBytesInMemory = 32 << 20;

    /// <summary>Reads and tokenises; large data goes through a <see cref="TokenStore"/> in the cache folder and is tokenised once for all runs.</summary>
    /// <param name="reader">The files and how to read them.</param>
    /// <param name="encoder">The tokenizer and chat format.</param>
    /// <param name="cacheFolder">Made when needed; null keeps everything in memory.</param>
    /// <param name="chatFormat">As for <see cref="TokenStoreKey.Compute"/>.</param>
    /// <param name="progress">Told while tokenising.</param>
    /// <param name="mostBytesInMemory">Files larger together go through the cache.</param>
    /// <exception cref="DatasetException">Every bad row and unreadable file.</exception>
    public static ITokenDocuments Load(
        DatasetReader reader,
        ExampleEncoder encoder,
        string? cacheFolder,
        string chatFormat = "",
        IProgress<DatasetProgress>? progress = null,
        long mostBytesInMemory = MostBytesInMemory)
    {
        if (cacheFolder is null || reader.Files.Sum(file => file.Length) <= mostBytesInMemory)
            return ExampleList.From(reader.ReadExamples(encoder, progress));
        var key = TokenStoreKey.Compute(reader, encoder, chatFormat);
        return TokenStore.OpenOrWrite(
            Path.Combine(cacheFolder, $"{key}.tokens"), key, encoder.VocabularySize, () => reader.ReadExamples(encoder, progress));
    }
}
