namespace AdapterHub.Engine.Training.Datasets;

/// <summary>What the data needs of a tokenizer.</summary>
/// <param name="Encode">Text and whether to add the tokenizer's special tokens (a beginning-of-text id, say) to ids.</param>
/// <param name="VocabularySize">Every id is below it.</param>
/// <param name="EndOfText">Id that ends every document; null adds none.</param>
/// <param name="Digest">Changes whenever the ids may change; the hex sha256 of tokenizer.json serves.</param>
public sealed record TokenEncoder(Func<string, bool, int[]> Encode, int VocabularySize, int? EndOfText, string Digest);
