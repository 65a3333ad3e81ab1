using System.Text;

namespace AdapterHub.Benchmarks.Catalog;

/// <summary>The words, names and values that a generated catalogue is made of; a few of each are frequent and most are rare, as in real ones.</summary>
internal sealed class CatalogVocabulary
{
    internal static readonly string[] Topics =
    [
        "king-james", "poetry", "sql", "legal", "medical", "recipes", "shakespeare", "haiku", "customer-support", "python-code", "csharp", "math-tutor",
        "story-teller", "roleplay", "summaries", "translation", "news", "chess", "finance", "law-cases", "lyrics", "dialogue", "science-fiction",
        "fairy-tales", "email", "meeting-notes", "regex", "bash", "kubernetes", "biology", "chemistry", "history", "philosophy", "proverbs", "sarcasm",
        "pirate", "victorian", "noir", "cookbook", "travel", "sentiment", "intent", "toxicity", "ner", "json-mode", "function-calling", "reasoning",
    ];

    internal static readonly string[] Licenses =
        ["apache-2.0", "mit", "cc-by-4.0", "cc0-1.0", "llama3.2", "cc-by-nc-4.0", "gemma", "openrail", "bsd-3-clause", "gpl-3.0", "cc-by-sa-4.0", "other"];

    internal static readonly string[] Tasks =
        ["text-generation", "text-classification", "translation", "summarization", "question-answering", "token-classification", "feature-extraction"];

    internal static readonly string[] Languages =
        ["en", "zh", "de", "fr", "es", "ja", "ko", "ru", "pt", "it", "nl", "pl", "tr", "ar", "hi", "vi", "th", "cs", "sv", "uk", "fi", "el", "he", "hu", "ro"];

    internal static readonly string[] Methods = ["LoRA", "rsLoRA", "DoRA", "LoRA-FA", "PiSSA", "VeRA"];

    internal static readonly int[] Ranks = [16, 8, 32, 64, 4, 128, 2, 256, 1, 12, 24, 48];

    private static readonly string[] Families =
        ["meta-llama/Llama-3.2", "Qwen/Qwen2.5", "Qwen/Qwen3", "mistralai/Mistral-v0.3", "HuggingFaceTB/SmolLM2", "google/gemma-2", "microsoft/Phi-4", "TinyLlama/TinyLlama"];

    private static readonly string[] Syllables =
        ["ba", "ren", "to", "li", "mar", "ke", "so", "vin", "ta", "dor", "ni", "pel", "gra", "shi", "um", "ost", "fe", "qua", "lo", "zen", "ir", "cal", "ve", "mo"];

    internal CatalogVocabulary(int seed)
    {
        var random = new Random(seed);
        Owners = Distinct(8_000, () => Word(random, 2, 3) + (random.Next(3) == 0 ? $"-{Word(random, 1, 2)}" : "") + (random.Next(4) == 0 ? $"{random.Next(100)}" : ""));
        Words = Distinct(20_000, () => Word(random, 2, 4));
        Bases = ["adapterhub/inkwell", .. Distinct(300, () => $"{Pick(random, Families)}-{Pick(random, ["0.5B", "1B", "1.7B", "3B", "7B", "8B", "13B", "70B"])}"
            + Pick(random, ["", "", "-Instruct", "-Chat", $"-{Word(random, 2, 2)}"]))];
        Tags = [.. Topics, "lora", "peft", "text", "instruct", "chat", .. Distinct(2_000, () => random.Next(2) == 0 ? Word(random, 2, 3) : $"{Word(random, 1, 2)}-{Word(random, 2, 2)}")];
    }

    internal IReadOnlyList<string> Owners { get; }

    internal IReadOnlyList<string> Words { get; }

    internal IReadOnlyList<string> Bases { get; }

    internal IReadOnlyList<string> Tags { get; }

    internal static T Pick<T>(Random random, IReadOnlyList<T> values) => values[random.Next(values.Count)];

    /// <summary>Zipf's law, roughly: the share of the k-th value falls with 1 / k.</summary>
    internal static T Skewed<T>(Random random, IReadOnlyList<T> values) =>
        values[Math.Min(values.Count - 1, (int)Math.Pow(values.Count + 1, random.NextDouble()) - 1)];

    internal string Sentence(Random random, int words)
    {
        var text = new StringBuilder();
        for (var i = 0; i < words; i++)
            text.Append(i == 0 ? "" : " ").Append(random.Next(40) == 0 ? Skewed(random, Topics) : Skewed(random, Words));
        return text.Append('.').ToString();
    }

    private static string Word(Random random, int least, int most) =>
        string.Concat(Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => Pick(random, Syllables)));

    private static List<string> Distinct(int count, Func<string> make)
    {
        var values = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var tries = 0; values.Count < count && tries < count * 20; tries++)
            values.Add(make());
        return [.. values];
    }
}
