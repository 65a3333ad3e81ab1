using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Components.Catalogue;
using AdapterHub.Web.Formatting;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Blending;

/// <summary>The adapters of a plan with their weights: sliders from -2 to 2, typed values beyond, layers of their own.</summary>
public sealed partial class AdapterShares : ComponentBase
{
    private const int FewLayers = 4;

    /// <summary>Layers opened or closed by hand.</summary>
    private readonly Dictionary<string, bool> _open = new(StringComparer.Ordinal);

    /// <summary>A slider that is being moved, and where it is; the address follows when it is let go.</summary>
    private (int Place, double Weight)? _sliding;

    [Parameter, EditorRequired] public BlendPlan Plan { get; set; } = null!;

    [Parameter, EditorRequired] public IReadOnlyList<BlendAdapter> Adapters { get; set; } = [];

    /// <summary>Which adapters fit; null while there is none.</summary>
    [Parameter] public string? Base { get; set; }

    [Parameter] public EventCallback<BlendPlan> Changed { get; set; }

    /// <summary>Told of every place of a slider while it is moved.</summary>
    [Parameter] public EventCallback<BlendPlan> Sliding { get; set; }

    /// <summary>What one weight gains the others lose, by their shares.</summary>
    [Parameter] public bool HasFixedTotal { get; set; }

    [Parameter] public string Title { get; set; } = "Adapters";

    /// <summary>Tells the fields of two such panels on one page apart, behind the adapter's name.</summary>
    [Parameter] public string Mark { get; set; } = "";

    /// <summary>Another panel decides which adapters there are.</summary>
    [Parameter] public bool IsFollowing { get; set; }

    /// <summary>Of the base model; null where it is not known.</summary>
    [Parameter] public int? LayerCount { get; set; }

    [Parameter] public RenderFragment? MoreActions { get; set; }

    [Parameter] public string EmptyTitle { get; set; } = "Nothing to blend yet";

    private double Sum => BlendPlan.Clamp(Enumerable.Range(0, Adapters.Count).Sum(WeightOf));

    protected override void OnParametersSet() => _sliding = null;

    private double WeightOf(int place) => _sliding is { } sliding && sliding.Place == place ? sliding.Weight : Adapters[place].Share.Weight;

    private Task SlideAsync(int place, double weight)
    {
        _sliding = (place, BlendPlan.Clamp(weight));
        return Sliding.HasDelegate ? Sliding.InvokeAsync(Plan with { Adapters = Weighed(place, weight) }) : Task.CompletedTask;
    }

    private Task CommitAsync(int place) => SetAsync(place, WeightOf(place));

    private Task SetAsync(int place, double weight) => Changed.InvokeAsync(Plan with { Adapters = Weighed(place, weight) });

    /// <summary>The shares with one weight set; with a fixed total the others take or give the difference by their shares, evenly where they have none.</summary>
    private List<BlendShare> Weighed(int place, double weight)
    {
        var shares = Plan.Adapters.ToList();
        var (old, given) = (shares[place].Weight, BlendPlan.Clamp(weight));
        var others = shares.Sum(share => share.Weight) - old;
        shares[place] = shares[place] with { Weight = given };
        for (var k = 0; HasFixedTotal && k < shares.Count; k++)
            if (k != place)
                shares[k] = shares[k] with { Weight = BlendPlan.Clamp(shares[k].Weight - (given - old) * (Math.Abs(others) > 1e-9 ? shares[k].Weight / others : 1.0 / (shares.Count - 1))) };
        return shares;
    }

    private Task SetShareAsync(int place, BlendShare share)
    {
        _open[Key(place)] = true;
        return ChangeAsync(shares => shares[place] = share with { Weight = shares[place].Weight });
    }

    private Task RemoveAsync(int place) => ChangeAsync(shares => shares.RemoveAt(place));

    private Task AddAsync(RepositoryName name) => ChangeAsync(shares =>
    {
        if (shares.Count < BlendPlan.MostAdapters)
            shares.Add(new BlendShare(name.ToString()));
    });

    private Task EqualAsync() => ChangeAsync(shares =>
    {
        var weight = BlendPlan.Clamp(1.0 / shares.Count);
        for (var k = 0; k < shares.Count; k++)
            shares[k] = shares[k] with { Weight = weight };
    });

    private Task ScaleAsync()
    {
        var sum = Sum;
        return ChangeAsync(shares =>
        {
            for (var k = 0; k < shares.Count; k++)
                shares[k] = shares[k] with { Weight = BlendPlan.Clamp(shares[k].Weight / sum) };
        });
    }

    /// <summary>Which whole tensors are taken is said by place, so it does not outlive other places.</summary>
    private Task ChangeAsync(Action<List<BlendShare>> change)
    {
        var shares = Plan.Adapters.ToList();
        change(shares);
        return Changed.InvokeAsync(Plan with { Adapters = shares, SavedFrom = shares.Count == Plan.Adapters.Count ? Plan.SavedFrom : null });
    }

    private string Key(int place) => $"{place} {Adapters[place].Share.Reference}";

    /// <summary>A few weights of layers are shown at once, many only when asked for.</summary>
    private bool IsOpen(int place) => _open.TryGetValue(Key(place), out var open) ? open : Adapters[place].Share.Layers.Count is > 0 and <= FewLayers;

    private void Toggle(int place) => _open[Key(place)] = !IsOpen(place);

    /// <summary>The catalogue knows those of the newest revision.</summary>
    private static string? TargetsOf(BlendAdapter adapter) => adapter.Share.Reference.Contains('@', StringComparison.Ordinal) ? null : adapter.View?.Targets;

    private static string Facts(BlendAdapter adapter)
    {
        var view = adapter.View!;
        var revision = adapter.Share.Reference.Split('@', 2) is [_, var named] ? $"at {(named.Length > 12 ? named[..12] : named)}" : null;
        var method = view.Rank is { } rank ? $"{view.Method ?? "LoRA"} r{rank}" : view.Method;
        var seen = view.Visibility == Catalog.Database.RepositoryVisibility.Public ? null : RepositoryWords.Visibility(view.Visibility);
        var layers = adapter.Share.Layers.Count > 0 ? Display.Counted(adapter.Share.Layers.Count, "weight of layers", "weights of layers") : null;
        var curve = adapter.Share.Curve is { Shape: not CurveShape.All } bent ? $"{bent.Shape} layers" : null;
        var apart = adapter.Share.Curve is { } curved && !curved.Factors.Equals(ModuleFactors.One) ? curved.Factors.ArePartsWhole ? "attention and MLP apart" : "modules apart" : null;
        return string.Join(" · ", new[] { curve, apart, layers, view.Name.Owner, revision, method, view.License, seen }.OfType<string>());
    }
}
