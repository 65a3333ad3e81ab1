using AdapterHub.Protocol.Inference;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Playground;

/// <summary>The most probable tokens of one place.</summary>
public sealed partial class AlternativeList : ComponentBase
{
    [Parameter, EditorRequired] public string Title { get; set; } = "";

    /// <summary>The token that was written.</summary>
    [Parameter] public int Chosen { get; set; }

    [Parameter, EditorRequired] public IReadOnlyList<LaneAlternative> Alternatives { get; set; } = [];

    /// <summary>Blanks and ends of lines are tokens too and must be seen.</summary>
    private static string Show(string text) => text.Replace(' ', '␣').Replace("\n", "⏎", StringComparison.Ordinal);
}
