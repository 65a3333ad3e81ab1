namespace AdapterHub.Formats.Peft;

/// <summary>What PEFT saves whole, by the base model's names: a layer that is a LoRA target too is wrapped, its own weights lie in base_layer.</summary>
public static class SavedModuleName
{
    private const string TokenRows = ".token_adapter.trainable_tokens_delta";

    /// <summary>The name of the base's tensor that a saved one stands for.</summary>
    public static string ToWeight(string saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        return saved.Replace(".base_layer.", ".", StringComparison.Ordinal);
    }

    /// <summary>The path of the table whose rows this tensor replaces (trainable_token_indices), or null.</summary>
    public static string? FindTokenTable(string saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        return saved.EndsWith(TokenRows, StringComparison.Ordinal) ? saved[..^TokenRows.Length] : null;
    }
}
