using System.Globalization;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Formats.Inspection.Anatomy;
using AdapterHub.Web.Accounts;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>What the adapter changes: a heat map by layer and module, and every module with its ranks and norms.</summary>
public sealed partial class AnatomyTab(RevisionInspections inspections, ActorAccessor actors) : ComponentBase
{
    private const int MostModules = 400;

    private AdapterAnatomy? _anatomy;
    private string? _fault;
    private string? _shown;

    [Parameter, EditorRequired] public RepositoryView Repository { get; set; } = null!;

    [Parameter, EditorRequired] public RevisionView Revision { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        if (string.Equals(_shown, Revision.Commit.Id, StringComparison.Ordinal))
            return;
        _shown = Revision.Commit.Id;
        (_anatomy, _fault) = (null, null);
        var actor = await actors.GetAsync();
        // The first look at a revision that came in another way than through the pages measures it, which takes a moment.
        _anatomy = await Task.Run(() => inspections.GetAnatomyAsync(actor, Repository.Name, Revision.Commit.Id));
        _fault = _anatomy is null ? "This revision holds no adapter in PEFT's form, or one whose files cannot be read, so there is nothing to measure." : null;
    }

    /// <summary>The share as a custom property; the colours are the theme's.</summary>
    private static string? Heat(double? norm, double largest) =>
        norm is { } value && largest > 0 ? string.Create(CultureInfo.InvariantCulture, $"--heat:{value / largest:0.###}") : null;

    private static string Percent(double share) => (Math.Clamp(share, 0, 1) * 100).ToString("0.#", CultureInfo.InvariantCulture) + "%";

    private static string Figure(double value) => value.ToString(value switch { 0 => "0", < 0.001 => "0.00e0", < 10 => "0.000", < 100 => "0.00", < 1000 => "0.0", _ => "0.00e0" }, CultureInfo.InvariantCulture);
}
