using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Formats.Inspection;

/// <summary>What the head of an adapter's page says of it, from its config and the header of its file.</summary>
public sealed record AdapterFacts
{
    /// <summary>"LoRA", "rsLoRA", "DoRA" or "rsDoRA", with the name of an initialisation that changes the base, such as "LoRA (PiSSA)".</summary>
    public required string Method { get; init; }

    /// <summary>What it trains besides the factors, in words: "bias of B", "biases", "whole modules", "token rows".</summary>
    public required IReadOnlyList<string> Extras { get; init; }

    /// <summary>The config's base_model_name_or_path.</summary>
    public string? BaseModel { get; init; }

    /// <summary>The config's task_type.</summary>
    public string? Task { get; init; }

    /// <summary>Lowest rank of a module; the config's where there is no module.</summary>
    public required int LowestRank { get; init; }

    public required int HighestRank { get; init; }

    public required double LowestAlpha { get; init; }

    public required double HighestAlpha { get; init; }

    public required double Dropout { get; init; }

    /// <summary>Names of the modules it changes, such as <c>q_proj</c>, each once, in ascending order.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>Modules it changes.</summary>
    public required int Modules { get; init; }

    /// <summary>Layers in which it changes something; 0 where paths name none.</summary>
    public required int Layers { get; init; }

    /// <summary>Trained numbers: factors, biases, magnitudes and whole tensors.</summary>
    public required long Parameters { get; init; }

    /// <summary>Types of its tensors, as in the file, the one with most parameters first.</summary>
    public required IReadOnlyList<string> Dtypes { get; init; }

    /// <summary>Bytes of its tensors.</summary>
    public required long TensorBytes { get; init; }

    /// <summary>"8", or "8 to 32" where modules differ.</summary>
    [JsonIgnore]
    public string RankText => LowestRank == HighestRank ? $"{LowestRank}" : $"{LowestRank} to {HighestRank}";

    /// <summary>"16", or "8 to 32" where modules differ.</summary>
    [JsonIgnore]
    public string AlphaText => LowestAlpha.Equals(HighestAlpha)
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{LowestAlpha}")
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{LowestAlpha} to {HighestAlpha}");

    public static AdapterFacts Of(LoraAdapter adapter) => Of(AdapterOutline.Of(adapter));

    public static AdapterFacts Of(AdapterOutline adapter)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        var config = adapter.Config;
        var tensors = adapter.Modules.SelectMany(Tensors).Concat(adapter.SavedModules.Values).ToList();
        var alphas = adapter.Modules.Select(module => module.Alpha).DefaultIfEmpty(config.LoraAlpha).ToList();
        var ranks = adapter.Modules.Select(module => module.Rank).DefaultIfEmpty(config.Rank).ToList();
        return new AdapterFacts
        {
            Method = DescribeMethod(adapter),
            Extras = DescribeExtras(adapter),
            BaseModel = config.BaseModelNameOrPath,
            Task = config.TaskType,
            LowestRank = ranks.Min(),
            HighestRank = ranks.Max(),
            LowestAlpha = alphas.Min(),
            HighestAlpha = alphas.Max(),
            Dropout = config.LoraDropout,
            Targets = [.. adapter.Modules.Select(module => ModulePath.Leaf(module.Path)).Distinct(StringComparer.Ordinal).Order(CodePointComparer.Instance)],
            Modules = adapter.Modules.Count,
            Layers = adapter.Modules.Select(module => ModulePath.FindLayer(module.Path)).Where(place => place is not null).Select(place => (place!.Value.Stack, place.Value.Layer)).Distinct().Count(),
            Parameters = adapter.Parameters,
            Dtypes = [.. tensors.GroupBy(tensor => tensor.Dtype).OrderByDescending(group => group.Sum(tensor => tensor.Count)).ThenBy(group => group.Key).Select(group => group.Key.FileName())],
            TensorBytes = tensors.Sum(tensor => tensor.ByteLength),
        };
    }

    /// <summary>Trained numbers as a share, 0 to 1, of the base's; null where the base has none.</summary>
    public double? ShareOf(BaseTensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return map.Parameters == 0 ? null : (double)Parameters / map.Parameters;
    }

    private static IEnumerable<TensorOutline> Tensors(ModuleOutline module) =>
        new[] { module.A, module.B, module.BiasB, module.Magnitude }.OfType<TensorOutline>();

    private static string DescribeMethod(AdapterOutline adapter)
    {
        var dora = adapter.Modules.Any(module => module.Magnitude is not null);
        var method = (adapter.Config.UseRslora, dora) switch
        {
            (false, false) => "LoRA",
            (true, false) => "rsLoRA",
            (false, true) => "DoRA",
            _ => "rsDoRA",
        };
        return adapter.Config.ChangesBaseWeights ? $"{method} ({DescribeStart(adapter.Config.InitLoraWeights)})" : method;
    }

    private static string DescribeStart(string init) => init switch
    {
        "olora" => "OLoRA",
        "corda" => "CorDA",
        "lora_ga" => "LoRA-GA",
        "loftq" => "LoftQ",
        _ => "PiSSA",
    };

    private static ImmutableArray<string> DescribeExtras(AdapterOutline adapter)
    {
        var saved = adapter.SavedModules.Keys.ToList();
        var tokenRows = saved.Any(name => Peft.SavedModuleName.FindTokenTable(name) is not null);
        var biases = saved.Any(name => name.EndsWith(".bias", StringComparison.Ordinal)) && adapter.Config.Bias != Peft.PeftBias.None;
        var whole = saved.Any(name => Peft.SavedModuleName.FindTokenTable(name) is null && !(adapter.Config.Bias != Peft.PeftBias.None && name.EndsWith(".bias", StringComparison.Ordinal)));
        return
        [
            .. new[]
            {
                (Name: "bias of B", Has: adapter.Modules.Any(module => module.BiasB is not null)),
                (Name: "biases", Has: biases),
                (Name: "whole modules", Has: whole),
                (Name: "token rows", Has: tokenRows),
            }.Where(extra => extra.Has).Select(extra => extra.Name),
        ];
    }
}
