using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Accounts;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Publishing;

/// <summary>Owner, name, kind and visibility of what a draft becomes; each change is kept at once.</summary>
public sealed partial class DraftTargetPanel(DraftDesk desk, OwnerDirectory directory, ActorAccessor actors) : ComponentBase
{
    private IReadOnlyList<OwnerName> _owners = [];
    private string _owner = "";
    private string _name = "";
    private RepositoryKind? _kind;
    private RepositoryVisibility? _visibility;
    private string? _problem;

    [Parameter, EditorRequired] public DraftView Draft { get; set; } = null!;

    /// <summary>What the files look like.</summary>
    [Parameter] public RepositoryKind? LooksLike { get; set; }

    [Parameter] public EventCallback Changed { get; set; }

    protected override async Task OnInitializedAsync()
    {
        var actor = await actors.GetAsync();
        _owners = await directory.ListWritableAsync(actor, default);
        _owner = Draft.Name?.Owner ?? actor.Name;
        _name = Draft.Name?.Name ?? "";
    }

    private static string Text(ChangeEventArgs change) => change.Value?.ToString()?.Trim() ?? "";

    private async Task SetAsync(Action change)
    {
        change();
        _problem = null;
        try
        {
            var target = new DraftTarget { Name = _name.Length > 0 ? RepositoryName.Of(_owner, _name) : null, Kind = _kind, Visibility = _visibility };
            Draft = await desk.SetTargetAsync(await actors.GetAsync(), Draft.Id, target);
        }
        catch (CatalogException refusal)
        {
            _problem = refusal.Message;
            return;
        }

        await Changed.InvokeAsync();
    }
}
