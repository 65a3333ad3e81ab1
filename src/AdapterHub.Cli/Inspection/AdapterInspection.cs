using System.Globalization;
using AdapterHub.Cli.Output;
using AdapterHub.Formats;
using AdapterHub.Formats.Inspection;
using AdapterHub.Formats.Inspection.Anatomy;
using AdapterHub.Formats.Peft;

namespace AdapterHub.Cli.Inspection;

/// <summary>Modules of an adapter that share a name, a rank, a scale and a shape.</summary>
/// <param name="Name">Last part of the modules' paths, such as q_proj.</param>
/// <param name="Norm">Frobenius norm of their changes s B A, taken together.</param>
internal sealed record ModuleGroup(string Name, int Modules, int Rank, double Scale, long Inputs, long Outputs, long Parameters, double Norm, bool HasMagnitude, bool HasBias);

/// <summary>What an adapter folder holds, read without a framework.</summary>
internal sealed record AdapterInspection
{
    public string Kind => "adapter";

    public required string Path { get; init; }

    public required long Bytes { get; init; }

    public required string PeftType { get; init; }

    public string? BaseModel { get; init; }

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    public required string Targets { get; init; }

    public required bool RankStabilised { get; init; }

    public required double Dropout { get; init; }

    public required string Dtype { get; init; }

    public required int Modules { get; init; }

    public required long Parameters { get; init; }

    /// <summary>Frobenius norm of all changes.</summary>
    public required double Norm { get; init; }

    public required IReadOnlyList<ModuleGroup> Groups { get; init; }

    /// <summary>Whole tensors that replace the base's.</summary>
    public required IReadOnlyList<string> SavedModules { get; init; }

    public required IReadOnlyList<string> UnknownKeys { get; init; }

    /// <summary>NaN and infinite values.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    public BaseFit? Fit { get; init; }

    public static AdapterInspection Of(string folder, LoraAdapter adapter, BaseFit? fit)
    {
        var facts = AdapterFacts.Of(adapter);
        var groups = adapter.Modules
            .GroupBy(module => (Name: ModulePath.Leaf(module.Path), module.Rank, module.Scale, In: module.A.Shape[1], Out: module.B.Shape[0]))
            .Select(group => new ModuleGroup(
                group.Key.Name, group.Count(), group.Key.Rank, group.Key.Scale, group.Key.In, group.Key.Out, group.Sum(module => ModuleOutline.Of(module).Parameters),
                Math.Sqrt(group.Sum(module => LowRankChange.SquaredNorm(module))), group.Any(module => module.Magnitude is not null), group.Any(module => module.BiasB is not null)))
            .OrderBy(group => group.Name, StringComparer.Ordinal)
            .ToList();
        return new AdapterInspection
        {
            Path = folder,
            Bytes = new FileInfo(System.IO.Path.Combine(folder, PeftAdapterFolder.TensorFileName)).Length,
            PeftType = adapter.Config.PeftType,
            BaseModel = adapter.Config.BaseModelNameOrPath,
            Rank = adapter.Config.Rank,
            Alpha = adapter.Config.LoraAlpha,
            Targets = adapter.Config.TargetModules?.ToString() ?? "the architecture's defaults",
            RankStabilised = adapter.Config.UseRslora,
            Dropout = adapter.Config.LoraDropout,
            Dtype = string.Join(", ", facts.Dtypes),
            Modules = facts.Modules,
            Parameters = facts.Parameters,
            Norm = Math.Sqrt(groups.Sum(group => group.Norm * group.Norm)),
            Groups = groups,
            SavedModules = [.. adapter.SavedModules.Keys.Order(StringComparer.Ordinal)],
            UnknownKeys = adapter.Config.UnknownKeys,
            Problems = [.. adapter.FindNonFinite().Select(finding => finding.ToString())],
            Fit = fit,
        };
    }

    public void Show(Terminal terminal)
    {
        var rows = new List<(string, string)>
        {
            ("adapter", $"{Path} ({Words.Bytes(Bytes)})"),
            ("kind", PeftType),
            ("base model", BaseModel ?? "not named"),
            ("rank, alpha", string.Create(CultureInfo.InvariantCulture, $"{Rank}, {Alpha}{(RankStabilised ? ", rank-stabilised" : "")}")),
            ("targets", Targets),
            ("modules", $"{Words.Count(Modules)} with {Words.Count(Parameters)} parameters in {Dtype}"),
            ("norm", $"{Words.Number(Norm)} (Frobenius, of all changes s B A)"),
        };
        if (SavedModules.Count > 0)
            rows.Add(("whole tensors", string.Join(", ", SavedModules)));
        if (UnknownKeys.Count > 0)
            rows.Add(("unknown keys", string.Join(", ", UnknownKeys)));
        terminal.WritePairs(rows);
        terminal.WriteTable(["module", "count", "rank", "scale", "in", "out", "parameters", "norm", "extras"], [.. Groups.Select(Row)]);
        foreach (var problem in Problems)
            terminal.Out.WriteLine($"problem: {problem}");
        Fit?.Show(terminal);
    }

    private static string[] Row(ModuleGroup group) =>
    [
        group.Name, Words.Count(group.Modules), $"{group.Rank}", Words.Number(group.Scale), Words.Count(group.Inputs), Words.Count(group.Outputs),
        Words.Count(group.Parameters), Words.Number(group.Norm),
        string.Join(' ', new[] { group.HasMagnitude ? "DoRA" : "", group.HasBias ? "bias" : "" }.Where(extra => extra.Length > 0)),
    ];
}
