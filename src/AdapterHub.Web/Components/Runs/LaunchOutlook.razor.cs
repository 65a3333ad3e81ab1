using System.Globalization;
using AdapterHub.Web.Formatting;
using AdapterHub.Web.Runs;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>What a run will take and what may go wrong with it, before it starts.</summary>
public sealed partial class LaunchOutlook : ComponentBase
{
    /// <summary>Null while there is nothing to tell from.</summary>
    [Parameter, EditorRequired] public RunOutlook? Outlook { get; set; }

    [Parameter, EditorRequired] public RunPrices Prices { get; set; } = null!;

    private string Cost(RunOutlook outlook)
    {
        if (outlook.Forecast.Seconds is not { } seconds)
            return "unknown";
        var hours = seconds / 3600;
        var time = $"{(hours < 0.1 ? Display.Duration(TimeSpan.FromSeconds(Math.Max(1, Math.Round(seconds)))) : hours.ToString("0.0", CultureInfo.InvariantCulture) + " hours")} of {(outlook.Worker?.HasGpu == true ? "a GPU" : "a processor")}";
        return outlook.Forecast.Price is { } price ? $"{Math.Max(0.01, price).ToString("0.00", CultureInfo.InvariantCulture)} {Prices.Currency}, {time}" : time;
    }
}
