using System.Globalization;
using AdapterHub.Protocol.Inference;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace AdapterHub.Web.Components.Playground;

/// <summary>One lane: its text token by token, tinted by how much more or less it wants each than the base does.</summary>
public sealed partial class LaneCard : ComponentBase
{
    /// <summary>Steps of |ln p - ln p of the base| at which the tint grows: odds of 1.6, 4.5, 20.</summary>
    private static readonly double[] Steps = [0.5, 1.5, 3];

    [Parameter, EditorRequired] public LaneColumn Column { get; set; } = null!;

    /// <summary>The token whose alternatives are shown, here or in another lane.</summary>
    [Parameter] public int? Open { get; set; }

    /// <summary>The text is to stay beside new ones.</summary>
    [Parameter] public EventCallback Kept { get; set; }

    [Parameter] public EventCallback<int> Chosen { get; set; }

    private string Kind => Column.Planned switch { { IsBlend: true } => "blend", { Label: PlannedLane.Base } => "base", _ => "adapter" };

    private string State => Column.IsWriting ? (Column.IsStale ? "waiting" : "writing") : Column.End == LaneEnd.Failed ? "failed" : Column.End is not null && !Column.IsStale ? "done" : "rest";

    private string Words => Column switch
    {
        { IsWriting: true, End: LaneEnd.Failed } => "The engine stopped; asking again",
        { IsWriting: true, IsStale: true } => "Waiting for the first token",
        { IsWriting: true } => "Writing",
        { IsStale: true, Tokens.Count: > 0 } => "Stopped; this is from before",
        { End: LaneEnd.End } => "The model ended here",
        { End: LaneEnd.Stop } => "Ended at the stop text",
        { End: LaneEnd.Length } => "Cut at the limit",
        { End: LaneEnd.Context } => "The context is full",
        { End: LaneEnd.Failed } => "Failed",
        { IsRestored: true } => "From the history",
        { Tokens.Count: > 0 } => "Stopped",
        _ => "",
    };

    /// <summary>Tokens can be gone through without a mouse. Choosing the one that is open closes it.</summary>
    private Task KeyAsync(KeyboardEventArgs key)
    {
        var last = Column.Tokens.Count - 1;
        int? place = key.Key switch
        {
            "ArrowRight" => Open is { } open ? Math.Min(open + 1, last) : 0,
            "ArrowLeft" => Open is { } open ? Math.Max(open - 1, 0) : last,
            "Escape" => Open,
            _ => null,
        };
        return place is { } chosen && chosen >= 0 && chosen <= last && (key.Key == "Escape" || chosen != Open) ? Chosen.InvokeAsync(chosen) : Task.CompletedTask;
    }

    private string TokenClass(int place)
    {
        var opened = place == Open ? " token-open" : "";
        if (Column.Tokens[place].Gain is not { } gain)
            return "token" + opened;
        var strength = Steps.Count(step => Math.Abs(gain) >= step);
        return strength == 0 ? "token" + opened : $"token token-{(gain > 0 ? "more" : "less")}-{strength}{opened}";
    }

    private string Hint(int place)
    {
        var token = Column.Tokens[place];
        var here = Math.Exp(token.Made.LogProbability).ToString("P1", CultureInfo.InvariantCulture);
        return token.InBase?.LogProbability is { } inBase ? $"{here} here, {Math.Exp(inBase).ToString("P1", CultureInfo.InvariantCulture)} in the base" : here;
    }
}
