using AdapterHub.Protocol.Inference;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>The beginning of a text: its rows as they stand in the file until the tokenizer has read them, in tokens afterwards.</summary>
public sealed partial class LaunchRows : ComponentBase
{
    [Parameter, EditorRequired] public IReadOnlyList<string> Raw { get; set; } = [];

    [Parameter, EditorRequired] public IReadOnlyList<MeasuredRow> Measured { get; set; } = [];

    /// <summary>A line feed is seen as one.</summary>
    private static string Shown(string piece) => piece.Replace("\n", "⏎", StringComparison.Ordinal);
}
