using AdapterHub.Web.Components.Playground;
using AdapterHub.Web.Components.Shared;

namespace AdapterHub.Web.Components.Layout;

/// <summary>A place that the bars lead to.</summary>
internal sealed record Place(string Title, string Href, IconName Icon)
{
    /// <summary>One word, for a sixth of a phone's width.</summary>
    public string Short { get; init; } = Title;

    public bool IsAt(PathString path) => Href == "/" ? path == "/" || path == "" : path.StartsWithSegments(Href, StringComparison.Ordinal);
}

internal static class Places
{
    public static IReadOnlyList<Place> Main { get; } =
    [
        new("Adapters", Addresses.Home, IconName.Adapter),
        new("Base models", Addresses.BaseModels, IconName.BaseModel) { Short = "Models" },
        new("Datasets", Addresses.Datasets, IconName.Dataset),
        new("Runs", Addresses.Runs, IconName.Run),
        new("Playground", PlaygroundPlan.Path, IconName.Flask),
    ];
}
