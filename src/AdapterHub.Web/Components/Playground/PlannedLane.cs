using System.Globalization;
using AdapterHub.Protocol.Inference;

namespace AdapterHub.Web.Components.Playground;

/// <summary>One column that is to be written.</summary>
/// <param name="Label">What events call it.</param>
/// <param name="Title">What people call it.</param>
/// <param name="About">What it consists of.</param>
public sealed record PlannedLane(string Label, string Title, string About, IReadOnlyList<LaneAdapter> Adapters)
{
    public const string Base = "base";
    public const string Blend = "blend";
    public const string Second = "blend B";

    /// <summary>Its weights are moved by hand.</summary>
    public bool IsBlend => Label is Blend or Second;

    /// <summary>Equal for lanes that would write the same text.</summary>
    public string Signature => string.Join(' ', Adapters.Select(adapter => string.Create(CultureInfo.InvariantCulture,
        $"{adapter.Repository}@{adapter.Revision}:{adapter.Weight}[{string.Join(',', (adapter.Layers ?? []).Select(layer => $"{layer.Pattern}={layer.Weight:R}"))}]")));

    public LaneSetup ToSetup() => new(Label) { Adapters = Adapters };
}
