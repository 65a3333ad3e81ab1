namespace AdapterHub.Web.Components.Blending;

/// <summary>A linear layer in every layer of a model, such as <c>q_proj</c> of the part <c>self_attn</c>.</summary>
public sealed record LayerModule(string Part, string Name)
{
    public const string Attention = "self_attn";
    public const string Mlp = "mlp";

    /// <summary>Those of the Llama family, in the order of a layer.</summary>
    public static IReadOnlyList<LayerModule> All { get; } =
    [
        new(Attention, "q_proj"), new(Attention, "k_proj"), new(Attention, "v_proj"), new(Attention, "o_proj"),
        new(Mlp, "gate_proj"), new(Mlp, "up_proj"), new(Mlp, "down_proj"),
    ];

    /// <summary>As a pattern has it behind the layer's number.</summary>
    public string Path => $"{Part}.{Name}";

    /// <summary>Those that an adapter changes; all where that is not known, or where it changes others.</summary>
    /// <param name="targets">As the catalogue lists them, <c>k_proj, q_proj</c>.</param>
    public static IReadOnlyList<LayerModule> Of(string? targets)
    {
        var names = (targets ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return All.Where(module => names.Contains(module.Name, StringComparer.Ordinal)).ToList() is { Count: > 0 } known ? known : All;
    }
}
