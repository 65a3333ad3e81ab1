using System.CommandLine;
using System.Globalization;
using AdapterHub.Protocol.Runs;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Verbs;

/// <summary>Flags for the shape of an adapter.</summary>
internal sealed class LoraFlags
{
    private static readonly LoraSettings Defaults = new();

    private readonly Option<int> _rank = Flag.Number("--rank", "R", "rank of the change of every module", Defaults.Rank);
    private readonly Option<double> _alpha = Flag.Number("--alpha", "A", "the change is scaled by alpha / rank", Defaults.Alpha);
    private readonly Option<double> _dropout = Flag.Number("--dropout", "SHARE", "share of the adapter's inputs zeroed while training", Defaults.Dropout);

    private readonly Option<string> _targets =
        Flag.Text("--targets", "MODULES", "all-linear, names parted by commas (q_proj,v_proj), or one regular expression over whole paths", "all-linear");

    private readonly Option<string?> _exclude = Flag.Text("--exclude", "MODULES", "names or one regular expression of modules to leave alone (default: none)");
    private readonly Option<string?> _layers = Flag.Text("--layers", "LIST", "layers to adapt, such as 0,1,4-7 (default: all)");
    private readonly Option<bool> _rslora = Flag.Switch("--rslora", "scale by alpha / sqrt(rank) (arXiv 2312.03732)");
    private readonly Option<bool> _bias = Flag.Switch("--lora-bias", "train a bias with every B");

    public FlagGroup Group => new("Adapter", [_rank, _alpha, _dropout, _targets, _exclude, _layers, _rslora, _bias]);

    public LoraSettings Read(Invocation invocation) => new()
    {
        Rank = invocation.Get(_rank),
        Alpha = invocation.Get(_alpha),
        Dropout = invocation.Get(_dropout),
        Targets = Modules(invocation.Get(_targets)),
        Exclude = Modules(invocation.Get(_exclude) ?? ""),
        Layers = Indexes(invocation.Get(_layers) ?? ""),
        RankStabilised = invocation.Get(_rslora),
        Bias = invocation.Get(_bias),
    };

    /// <summary>Names parted by commas; anything with a sign that no module name has is one regular expression.</summary>
    private static string[] Modules(string text) =>
        LoraSettings.IsPattern(text.Replace(",", "", StringComparison.Ordinal))
            ? [text]
            : text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static List<int> Indexes(string text)
    {
        var layers = new List<int>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-');
            var isRange = ends.Length <= 2 && ends.All(end => int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out _));
            if (!isRange)
                throw new RunInputException($"--layers takes indexes and ranges such as 0,1,4-7; \"{part}\" is neither.");
            var (first, last) = (int.Parse(ends[0], CultureInfo.InvariantCulture), int.Parse(ends[^1], CultureInfo.InvariantCulture));
            if (last < first || last > 10_000)
                throw new RunInputException($"--layers: the range {part} is empty or too long.");
            layers.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return layers;
    }
}
