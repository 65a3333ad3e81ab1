using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace AdapterHub.Formats.Peft;

/// <summary>A module of the base model that could carry a LoRA.</summary>
/// <param name="Path">Such as <c>model.layers.0.self_attn.q_proj</c>.</param>
/// <param name="IsLinear">A linear layer (or GPT-2's Conv1D), which is what "all-linear" asks for.</param>
/// <param name="IsOutputHead">The output embedding or a classification head, which "all-linear" leaves out.</param>
public sealed record ModuleCandidate(string Path, bool IsLinear = true, bool IsOutputHead = false);

/// <summary>
/// Decides as PEFT does which modules a config targets and which rank and alpha each gets (peft/tuners/tuners_utils.py,
/// check_target_module_exists; peft/utils/other.py, get_pattern_key). Regular expressions run without backtracking.
/// </summary>
public sealed class TargetModuleMatcher
{
    private static readonly Regex AnyLayer = new(@"\A.*?\.[^.]*\.(?<layer>\d+)\.", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    private readonly PeftConfig _config;
    private readonly ModuleSelection? _targets;
    private readonly Regex? _targetPattern;
    private readonly Regex? _excludePattern;
    private readonly FrozenSet<string> _targetNames;
    private readonly ImmutableArray<string> _excludeNames;
    private readonly ImmutableArray<string> _savedModules;
    private readonly ImmutableArray<Regex> _untargetable;
    private readonly ImmutableArray<Regex> _layerPatterns;
    private readonly ImmutableArray<int>? _layers;
    private readonly ImmutableArray<(Regex Pattern, int Rank)> _ranks;
    private readonly ImmutableArray<(Regex Pattern, double Alpha)> _alphas;

    /// <param name="config">Whose rules to apply.</param>
    /// <param name="modelType">The base's <c>model_type</c>, which decides when the config names no targets.</param>
    /// <exception cref="AdapterFormatException">A regular expression that cannot be run.</exception>
    public TargetModuleMatcher(PeftConfig config, string? modelType = null)
        : this(config, modelType, new FormatFindings(), throwFindings: true)
    {
    }

    private TargetModuleMatcher(PeftConfig config, string? modelType, FormatFindings findings, bool throwFindings)
    {
        ArgumentNullException.ThrowIfNull(config);
        _config = config;
        _targets = config.TargetModules ?? (config.TargetParameters.IsEmpty ? DefaultTargets.Find(modelType) : null);
        _targetNames = _targets?.Names.ToFrozenSet(StringComparer.Ordinal) ?? FrozenSet<string>.Empty;
        _excludeNames = config.ExcludeModules?.Names ?? [];
        _targetPattern = _targets is { Pattern: { } pattern, IsAllLinear: false } ? Compile(findings, "target_modules", pattern, @"\A(?:", @")\z") : null;
        _excludePattern = config.ExcludeModules?.Pattern is { Length: > 0 } exclude ? Compile(findings, "exclude_modules", exclude, @"\A(?:", @")\z") : null;
        _savedModules = config.ModulesToSave;
        _untargetable = [.. config.ModulesToSave.Select(name => Compile(findings, "modules_to_save", name, @"\A(?:(^|.*\.)", @"($|\..*))")).OfType<Regex>()];
        _layerPatterns = config.LayersPattern.Length == 0
            ? [AnyLayer]
            : [.. config.LayersPattern.Select(layers => Compile(findings, "layers_pattern", layers, @"\A.*?\.", @"\.(?<layer>\d+)\.")).OfType<Regex>()];
        _layers = config.LayersToTransform;
        _ranks = CompilePatterns(findings, "rank_pattern", config.RankPattern);
        _alphas = CompilePatterns(findings, "alpha_pattern", config.AlphaPattern);
        if (throwFindings)
            findings.ThrowIfAny(PeftConfig.FileName);
    }

    /// <summary>True when paths alone decide; false for "all-linear" and for a config without targets, which need the base model.</summary>
    public bool IsDecidedByPath => _targets is { IsAllLinear: false };

    /// <summary>Whether a module of the base is targeted. For "all-linear" it must be given as what it is.</summary>
    public bool Matches(ModuleCandidate module)
    {
        ArgumentNullException.ThrowIfNull(module);
        if (_targets is null || IsExcluded(module.Path))
            return false;
        if (_targets.IsAllLinear)
            return module is { IsLinear: true, IsOutputHead: false };
        if (_targetPattern is not null)
            return _targetPattern.IsMatch(module.Path);
        // PEFT lets a full path pass without looking at layers_to_transform.
        return _targetNames.Contains(module.Path) || (EndsInTarget(module.Path) && IsInLayers(module.Path));
    }

    /// <summary>The targeted modules, in the order given.</summary>
    public IReadOnlyList<ModuleCandidate> Select(IEnumerable<ModuleCandidate> modules) => [.. modules.Where(Matches)];

    /// <summary>r of a module: the first rank_pattern that matches, else <c>r</c>.</summary>
    public int GetRank(string path)
    {
        foreach (var (pattern, rank) in _ranks)
        {
            if (pattern.IsMatch(path))
                return rank;
        }

        return _config.Rank;
    }

    /// <summary>alpha of a module: the first alpha_pattern that matches, else <c>lora_alpha</c>.</summary>
    public double GetAlpha(string path)
    {
        foreach (var (pattern, alpha) in _alphas)
        {
            if (pattern.IsMatch(path))
                return alpha;
        }

        return _config.LoraAlpha;
    }

    /// <summary>
    /// Whether PEFT saves the tensor of this path with modules_to_save: any module whose path ends in one of its names, so that "norm" takes
    /// input_layernorm too (peft/utils/other.py, _set_trainable). Which modules are kept from being targets is a narrower question.
    /// </summary>
    public bool IsSaved(string path)
    {
        for (var end = path.IndexOf('.', StringComparison.Ordinal); end >= 0; end = path.IndexOf('.', end + 1))
        {
            if (EndsInSaved(path.AsSpan(0, end)))
                return true;
        }

        return EndsInSaved(path);
    }

    /// <summary>Compiles every expression of a config and reports those that cannot run.</summary>
    internal static void Check(PeftConfig config, FormatFindings findings) => _ = new TargetModuleMatcher(config, null, findings, throwFindings: false);

    private static Regex? Compile(FormatFindings findings, string key, string pattern, string before, string after)
    {
        if (PythonRegex.TryCompile(pattern, before, after, out var regex, out var problem))
            return regex;
        findings.Add(key, problem, null, pattern);
        return null;
    }

    private static ImmutableArray<(Regex Pattern, T Value)> CompilePatterns<T>(
        FormatFindings findings, string key, ImmutableArray<KeyValuePair<string, T>> patterns) =>
    [
        .. from entry in patterns
           let regex = Compile(findings, key, entry.Key, @"\A(?:(.*\.)?(", @")$)")
           where regex is not null
           select (regex, entry.Value),
    ];

    private bool IsExcluded(string path) =>
        (_excludePattern?.IsMatch(path) ?? false)
        || _excludeNames.Any(name => path == name || path.EndsWith("." + name, StringComparison.Ordinal))
        || _untargetable.Any(saved => saved.IsMatch(path));

    private bool EndsInSaved(ReadOnlySpan<char> path)
    {
        foreach (var name in _savedModules)
        {
            if (path.EndsWith(name))
                return true;
        }

        return false;
    }

    /// <summary>Looks every ending after a dot up in the set: names can be many, dots in a path are few.</summary>
    private bool EndsInTarget(string path)
    {
        for (var dot = path.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = path.IndexOf('.', dot + 1))
        {
            if (_targetNames.Contains(path[(dot + 1)..]))
                return true;
        }

        return false;
    }

    private bool IsInLayers(string path)
    {
        if (_layers is not { Length: > 0 } layers)
            return true;
        var match = _layerPatterns.Select(pattern => pattern.Match(path)).FirstOrDefault(match => match.Success);
        return match is not null
            && int.TryParse(match.Groups["layer"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var layer)
            && layers.Contains(layer);
    }
}
