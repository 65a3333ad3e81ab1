namespace AdapterHub.Engine.Tokenizers;

/// <summary>
/// A <c>tokenizer.json</c>, <c>tokenizer_config.json</c> or chat template that cannot be read, or that asks for something this engine does not do.
/// The message names the file, the place inside it and what is supported there.
/// </summary>
public sealed class TokenizerFormatException : Exception
{
    /// <param name="file">File the problem was found in.</param>
    /// <param name="jsonPath">Place inside the file, such as <c>$.pre_tokenizer.pretokenizers[1].type</c>.</param>
    /// <param name="problem">What was found and what would have been read.</param>
    public TokenizerFormatException(string file, string jsonPath, string problem, Exception? cause = null)
        : base($"{file}: {jsonPath}: {problem}", cause)
    {
        File = file;
        JsonPath = jsonPath;
        Problem = problem;
    }

    public string File { get; }

    public string JsonPath { get; }

    public string Problem { get; }
}
