using System.Text.Json;
using AdapterHub.Formats.Peft;

namespace AdapterHub.Formats.Sizing;

/// <summary>How much an adapter adds to a model.</summary>
/// <param name="Parameters">Of all its factors.</param>
/// <param name="Modules">Layers that it changes.</param>
/// <param name="Ranks">Sum of the ranks in one decoder layer, the mean where they differ.</param>
public sealed record AdapterSizes(long Parameters, int Modules, long Ranks);

/// <summary>The sizes of a Llama-like model that decide its memory and its work; widths in elements.</summary>
/// <param name="Layers">Decoder layers.</param>
/// <param name="Hidden">Width of the residual stream.</param>
/// <param name="Intermediate">Width inside the MLP.</param>
/// <param name="Queries">Heads times their width.</param>
/// <param name="KeyValues">Key-value heads times their width.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="Vocabulary">Rows of the output head.</param>
public sealed record ModelSizes(int Layers, int Hidden, int Intermediate, int Queries, int KeyValues, int Heads, int Vocabulary)
{
    /// <summary>Tokens that it was made to read at once.</summary>
    public int Context { get; init; } = 2048;

    /// <summary>The output head is the embedding.</summary>
    public bool HasTiedHead { get; init; }

    /// <summary>Parameters, biases left out: they are some thousandths of the whole.</summary>
    public long Parameters
    {
        get
        {
            var embedding = (long)Vocabulary * Hidden;
            var layer = Linears.Sum(linear => (long)linear.In * linear.Out) + 2L * Hidden;
            return embedding * (HasTiedHead ? 1 : 2) + Layers * layer + Hidden;
        }
    }

    /// <summary>Linear layers of one decoder layer.</summary>
    private (string Name, int In, int Out)[] Linears =>
    [
        ("self_attn.q_proj", Hidden, Queries), ("self_attn.k_proj", Hidden, KeyValues), ("self_attn.v_proj", Hidden, KeyValues), ("self_attn.o_proj", Queries, Hidden),
        ("mlp.gate_proj", Hidden, Intermediate), ("mlp.up_proj", Hidden, Intermediate), ("mlp.down_proj", Intermediate, Hidden),
    ];

    /// <summary>Reads a Hugging Face <c>config.json</c>; null where it names no such sizes.</summary>
    public static ModelSizes? Find(ReadOnlySpan<byte> configJson)
    {
        try
        {
            var reader = new Utf8JsonReader(configJson);
            using var document = JsonDocument.ParseValue(ref reader);
            var config = document.RootElement;
            if (Size(config, "hidden_size") is not { } hidden || Size(config, "num_attention_heads") is not { } heads || Size(config, "num_hidden_layers") is not { } layers
                || Size(config, "intermediate_size") is not { } intermediate || Size(config, "vocab_size") is not { } vocabulary)
                return null;
            var width = Size(config, "head_dim") ?? hidden / heads;
            return new ModelSizes(layers, hidden, intermediate, heads * width, (Size(config, "num_key_value_heads") ?? heads) * width, heads, vocabulary)
            {
                Context = Size(config, "max_position_embeddings") ?? 2048,
                HasTiedHead = config.TryGetProperty("tie_word_embeddings", out var tied) && tied.ValueKind == JsonValueKind.True,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What an adapter of these settings adds, by PEFT's rules for its targets.</summary>
    /// <exception cref="AdapterFormatException">A regular expression that cannot be run.</exception>
    public AdapterSizes MeasureAdapter(PeftConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var matcher = new TargetModuleMatcher(config);
        var (parameters, modules, ranks) = (0L, 0, 0L);
        for (var layer = 0; layer < Layers; layer++)
        {
            foreach (var (name, inputs, outputs) in Linears)
            {
                var path = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"model.layers.{layer}.{name}");
                if (!matcher.Matches(new ModuleCandidate(path)))
                    continue;
                var rank = matcher.GetRank(path);
                parameters += (long)rank * (inputs + outputs);
                ranks += rank;
                modules++;
            }
        }

        return new AdapterSizes(parameters, modules, Layers == 0 ? 0 : ranks / Layers);
    }

    private static int? Size(JsonElement config, string name) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var size) && size > 0 ? size : null;
}
