using AdapterHub.Catalog.Repositories;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Components.Catalogue;
using AdapterHub.Web.Formatting;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Blending;

/// <summary>The adapters of a plan with their weights: sliders from -2 to 2, typed values beyond, layers of their own.</summary>
public sealed partial class AdapterShares : ComponentBase
{
    private const int FewLayers = 4;

    /// <summary>Opened or closed by hand, against what they would be.</summary>
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

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

    private Task SetLayersAsync(int place, IReadOnlyList<LayerWeight> layers) => ChangeAsync(shares => shares[place] = shares[place] with { Layers = layers });

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
    private bool IsOpen(int place) => Adapters[place].Share.Layers.Count is > 0 and <= FewLayers ^ _open.Contains(Key(place));

    private void Toggle(int place)
    {
        if (!_open.Remove(Key(place)))
            _open.Add(Key(place));
    }

    private static string Facts(BlendAdapter adapter)
    {
        var view = adapter.View!;
        var revision = adapter.Share.Reference.Split('@', 2) is [_, var named] ? $"at {(named.Length > 12 ? named[..12] : named)}" : null;
        var method = view.Rank is { } rank ? $"{view.Method ?? "LoRA"} r{rank}" : view.Method;
        var seen = view.Visibility == Catalog.Database.RepositoryVisibility.Public ? null : RepositoryWords.Visibility(view.Visibility);
        var layers = adapter.Share.Layers.Count > 0 ? Display.Counted(adapter.Share.Layers.Count, "weight of layers", "weights of layers") : null;
        return string.Join(" · ", new[] { view.Name.Owner, revision, method, view.License, seen, layers }.OfType<string>());
    }
}
