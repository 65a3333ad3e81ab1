using System.Globalization;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Formats.Blending;
using AdapterHub.Protocol.Runs;
using Microsoft.AspNetCore.WebUtilities;

namespace AdapterHub.Web.Components.Blending;

/// <summary>
/// Everything that the page of blends shows, as its address has it: <c>?base=owner/name&amp;a=owner/name@revision:0.7&amp;a=...</c>, then
/// <c>l=1:layers.0-3=0.2</c> for layers of the first adapter, <c>c=1:rising:8</c> for its curve over 8 layers, the method with its settings, and the runs whose results are shown.
/// </summary>
public sealed record BlendPlan
{
    public const string Path = "/blend";
    public const int MostAdapters = 16;
    public const double LargestWeight = 100;
    private const int LongestTitle = 80;

    /// <summary><c>owner/name</c>; null takes the one that the first adapter declares.</summary>
    public string? Base { get; init; }

    public IReadOnlyList<BlendShare> Adapters { get; init; } = [];

    /// <summary>One of <see cref="BlendSpec.Methods"/>.</summary>
    public string Method { get; init; } = BlendMethod.Exact.Name();

    public int? Rank { get; init; }

    public double? Density { get; init; }

    public string MajoritySign { get; init; } = "total";

    public double Scale { get; init; } = 1;

    public ulong Seed { get; init; }

    /// <summary>Whose whole tensors the blend takes, counted from 1.</summary>
    public int? SavedFrom { get; init; }

    /// <summary>The run whose comparison is shown.</summary>
    public long? CheckRun { get; init; }

    /// <summary>The run that finds weights.</summary>
    public long? LearnRun { get; init; }

    /// <summary>The run that saves the blend.</summary>
    public long? SaveRun { get; init; }

    /// <summary>An adapter's change has full rank, as DoRA's has, so that every blend of it is cut. Not in the address: the catalogue knows it.</summary>
    public bool HasFullRankParents { get; init; }

    public BlendMethod Kind => BlendMethods.TryParse(Method, out var kind) ? kind : BlendMethod.Exact;

    /// <summary>Whether the result is all that the method makes; nothing has to be measured to know it.</summary>
    public bool IsLossless => (Kind == BlendMethod.Exact || !HasFullRankParents) && Kind is not (BlendMethod.LowRank or BlendMethod.PeftLinear) && !Kind.IsFullRank() && (Rank is null || !Kind.TakesRank());

    /// <summary>What is no plan in an address is left out: a link that was cut or typed wrong still shows the rest.</summary>
    public static BlendPlan Parse(string query)
    {
        var values = QueryHelpers.ParseQuery(query);
        var shares = Read("a").Select(ParseShare).OfType<BlendShare>().Take(MostAdapters).ToList();
        BlendShare.ReadLayers(shares, Read("l"), Read("c"));
        return new BlendPlan
        {
            Base = Read("base").FirstOrDefault(text => RepositoryName.TryParse(text, out _)),
            Adapters = shares,
            Method = BlendMethods.TryParse(Read("method").FirstOrDefault(), out var method) ? method.Name() : BlendMethod.Exact.Name(),
            Rank = Number("rank") is { } rank and >= 1 and <= 4096 ? (int)rank : null,
            Density = Number("density") is { } density and > 0 and <= 1 ? density : null,
            MajoritySign = Read("sign").FirstOrDefault() == "frequency" ? "frequency" : "total",
            Scale = Number("scale") is { } scale and not 0 && Math.Abs(scale) <= LargestWeight ? scale : 1,
            Seed = ulong.TryParse(Read("seed").FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : 0,
            SavedFrom = Number("saved") is { } place0 and >= 1 and <= MostAdapters ? (int)place0 : null,
            CheckRun = Run("check"),
            LearnRun = Run("learn"),
            SaveRun = Run("save"),
        };

        IEnumerable<string> Read(string name) => values.TryGetValue(name, out var found) ? found.OfType<string>() : [];

        double? Number(string name) => TryNumber(Read(name).FirstOrDefault(), out var value) ? value : null;

        long? Run(string name) => long.TryParse(Read(name).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
    }

    /// <summary>The page's address with this plan.</summary>
    public string ToAddress()
    {
        var parts = new List<(string Name, string? Value)> { ("base", Base) };
        parts.AddRange(Adapters.Select(share => ("a", (string?)$"{share.Reference}:{Text(share.Weight)}")));
        parts.AddRange(BlendShare.WriteLayers(Adapters, "l", "c"));
        parts.AddRange([
            ("method", Kind == BlendMethod.Exact ? null : Method), ("rank", Rank is { } rank ? Text(rank) : null), ("density", Density is { } density ? Text(density) : null),
            ("sign", MajoritySign == "frequency" ? MajoritySign : null), ("scale", Scale == 1 ? null : Text(Scale)), ("seed", Seed == 0 ? null : $"{Seed}"),
            ("saved", SavedFrom is { } place ? Text(place) : null), ("check", Id(CheckRun)), ("learn", Id(LearnRun)), ("save", Id(SaveRun)),
        ]);
        var query = string.Join('&', parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={Escape(part.Value!)}"));
        return query.Length > 0 ? $"{Path}?{query}" : Path;
    }

    /// <summary>A new blend of these adapters, a page's link.</summary>
    public static string AddressOf(string? baseModel, params IEnumerable<RepositoryName> adapters) =>
        new BlendPlan { Base = baseModel, Adapters = [.. adapters.Select(name => new BlendShare(name.ToString()))] }.ToAddress();

    /// <summary>The spec of a run that makes it. Settings that the method does not have stay in the address and out of the spec.</summary>
    public BlendSpec ToSpec() => new()
    {
        Output = "",
        Base = Base,
        Adapters = [.. Adapters.Select(share => new WeightedAdapter(share.Reference, share.Weight) { Layers = share.Rules })],
        Method = Method,
        Rank = Kind.TakesRank() ? Rank : null,
        Density = Kind.Prunes() ? Density ?? BlendSpec.UsualDensity : null,
        MajoritySign = Kind.ElectsSigns() ? MajoritySign : "total",
        Scale = Kind == BlendMethod.Exact ? 1 : Scale,
        Seed = Kind.DrawsRandomNumbers() ? Seed : 0,
        SavedModulesFrom = SavedFrom <= Adapters.Count ? SavedFrom : null,
    };

    /// <summary>
    /// The spec of a run that measures how they interfere and what the blend loses. An exact blend loses nothing, so that what a smaller one would
    /// lose is measured for it.
    /// </summary>
    public BlendSpec ToCheckSpec(int largestRank) => Kind == BlendMethod.Exact
        ? ToSpec() with { Report = true, Method = BlendMethod.LowRank.Name(), Rank = Math.Max(1, largestRank) }
        : ToSpec() with { Report = true };

    /// <summary>What decides the numbers of a blend but for its rank, to tell whether a run measured this one: one measurement knows the loss at many ranks.</summary>
    public static string SignatureOf(BlendSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var adapters = spec.Adapters.Select(adapter => $"{adapter.Path}:{Text(adapter.Weight)}:{string.Join(',', adapter.Layers.Select(layer => $"{layer.Pattern}={Text(layer.Weight)}"))}");
        return string.Create(CultureInfo.InvariantCulture,
            $"{string.Join(' ', adapters)} {spec.Method} {spec.Density:R} {spec.MajoritySign} {spec.Scale:R} {spec.Seed} {spec.SavedModulesFrom}");
    }

    /// <summary>What a run for these adapters is called.</summary>
    public string Title(string deed)
    {
        var title = $"{deed} {string.Join(", ", Adapters.Select(share => share.Name.Name))}";
        return title.Length <= LongestTitle ? title : title[..(LongestTitle - 3)] + "...";
    }

    /// <summary>Any finite number of sensible size.</summary>
    public static double Clamp(double weight) => double.IsFinite(weight) ? Math.Round(Math.Clamp(weight, -LargestWeight, LargestWeight), 4) : 0;

    public static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    private static BlendShare? ParseShare(string text)
    {
        var colon = text.LastIndexOf(':');
        var (reference, weight) = colon > 0 && TryNumber(text[(colon + 1)..], out var given) ? (text[..colon], Clamp(given)) : (text, 1);
        return RepositoryName.TryParse(reference.Split('@', 2)[0], out _) ? new BlendShare(reference, weight) : null;
    }

    internal static bool TryNumber(string? text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private static string? Id(long? run) => run?.ToString(CultureInfo.InvariantCulture);

    /// <summary>Readable where the address allows it: names keep their slashes.</summary>
    private static string Escape(string text) => Uri.EscapeDataString(text).Replace("%2F", "/", StringComparison.Ordinal).Replace("%3A", ":", StringComparison.Ordinal).Replace("%40", "@", StringComparison.Ordinal);
}
