namespace AdapterHub.Web.Components.Shared;

/// <summary>What a badge, a notice or a toast means. Colour never says it alone: an icon or words say it too.</summary>
public enum Tone
{
    Neutral,
    Accent,
    Info,
    Ok,
    Warning,
    Danger,

    /// <summary>The repository is an adapter.</summary>
    Adapter,

    /// <summary>The repository is a base model.</summary>
    BaseModel,

    /// <summary>The repository is a dataset.</summary>
    Dataset,
}

internal static class ToneClass
{
    public static string Name(this Tone tone) => tone switch
    {
        Tone.Accent => "accent",
        Tone.Info => "info",
        Tone.Ok => "ok",
        Tone.Warning => "warning",
        Tone.Danger => "danger",
        Tone.Adapter => "adapter",
        Tone.BaseModel => "base",
        Tone.Dataset => "dataset",
        _ => "neutral",
    };

    public static IconName Icon(this Tone tone) => tone switch
    {
        Tone.Ok => IconName.CheckCircle,
        Tone.Warning => IconName.Warning,
        Tone.Danger => IconName.Alert,
        _ => IconName.Info,
    };
}
