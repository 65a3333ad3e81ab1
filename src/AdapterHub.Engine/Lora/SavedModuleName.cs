namespace AdapterHub.Engine.Lora;

/// <summary>What PEFT saves whole, by the base model's names: a layer that is a LoRA target too is wrapped, its own weights lie in base_layer.</summary>
internal static class SavedModuleName
{
    private const string TokenRows = ".token_adapter.trainable_tokens_delta";

    internal static string ToWeight(string saved) => saved.Replace(".base_layer.", ".", StringComparison.Ordinal);

    /// <summary>The table whose rows this tensor replaces (trainable_token_indices), or null.</summary>
    internal static string? FindTokenTable(string saved) =>
        saved.EndsWith(TokenRows, StringComparison.Ordinal) ? saved[..^TokenRows.Length] : null;
}
