using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// How far something is, between 0 and 1; null where nobody knows yet.
/// <c>&lt;ProgressBar Label="adapter_model.safetensors" Share="0.4" Text="40 of 100 MB" /&gt;</c>
/// </summary>
public sealed partial class ProgressBar : ComponentBase
{
    [Parameter, EditorRequired] public string Label { get; set; } = "";

    [Parameter] public double? Share { get; set; }

    [Parameter] public string? Text { get; set; }

    [Parameter] public Tone Tone { get; set; } = Tone.Accent;

    private string Width => Share is { } share ? (Math.Clamp(share, 0, 1) * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%" : "30%";
}
