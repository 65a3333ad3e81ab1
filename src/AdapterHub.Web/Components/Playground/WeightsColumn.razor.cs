using AdapterHub.Catalog.Search;
using AdapterHub.Web.Components.Blending;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Playground;

/// <summary>The adapters with their weights, twice where two blends are compared.</summary>
public sealed partial class WeightsColumn : ComponentBase
{
    [Parameter, EditorRequired] public PlaygroundPlan Plan { get; set; } = null!;

    [Parameter, EditorRequired] public IReadOnlyList<BlendAdapter> Adapters { get; set; } = [];

    /// <summary>Offered while no adapter is chosen.</summary>
    [Parameter] public IReadOnlyList<RepositoryCard> Suggested { get; set; } = [];

    /// <summary>Of the base model; null where it is not known.</summary>
    [Parameter] public int? LayerCount { get; set; }

    /// <summary>Other adapters or weights.</summary>
    [Parameter] public EventCallback<PlaygroundPlan> Changed { get; set; }

    /// <summary>Told of every place of a slider while it is moved.</summary>
    [Parameter] public EventCallback<PlaygroundPlan> Sliding { get; set; }

    /// <summary>Settings that change no lane.</summary>
    [Parameter] public EventCallback<PlaygroundPlan> Set { get; set; }

    private BlendPlan? Second => Plan.Second is { } shares ? Plan.Blend with { Adapters = shares } : null;

    private List<BlendAdapter> SecondAdapters => [.. Adapters.Zip(Plan.Second ?? [], (adapter, share) => adapter with { Share = share })];

    private Task CopyAsync() => Changed.InvokeAsync(Plan with { Second = Plan.Blend.Adapters });

    private Task SwapAsync() => Changed.InvokeAsync(Plan with { Blend = Second!, Second = Plan.Blend.Adapters });

    private Task AddAsync(RepositoryCard card) => Changed.InvokeAsync(Plan.WithBlend(Plan.Blend with { Adapters = [.. Plan.Blend.Adapters, new BlendShare(card.FullName)] }));
}
