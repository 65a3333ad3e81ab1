using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories.Settings;

/// <summary>Another name, another owner, or both.</summary>
public sealed partial class MovePanel(
    RepositoryCatalog repositories, OwnerDirectory directory, ActorAccessor actors, NavigationManager navigation, Toasts toasts)
{
    private IReadOnlyList<string> _owners = [];
    private string _owner = "";
    private string _name = "";
    private RepositoryName? _shown;
    private ConfirmDialog _confirm = null!;

    [Parameter, EditorRequired] public RepositoryView Repository { get; set; } = null!;

    private bool IsTransfer => !string.Equals(_owner, Repository.Name.Owner, StringComparison.OrdinalIgnoreCase);

    private bool IsChanged => _name.Trim().Length > 0 && (IsTransfer || !string.Equals(_name.Trim(), Repository.Name.Name, StringComparison.Ordinal));

    protected override async Task OnParametersSetAsync()
    {
        if (_shown == Repository.Name)
            return;
        _shown = Repository.Name;
        (_owner, _name) = (Repository.Name.Owner, Repository.Name.Name);
        _owners = [_owner];
        var writable = await directory.ListWritableAsync(await actors.GetAsync(), default);
        _owners = [_owner, .. writable.Select(owner => owner.Name).Where(name => !string.Equals(name, _owner, StringComparison.OrdinalIgnoreCase))];
    }

    private async Task MoveAsync()
    {
        if (!IsChanged || (IsTransfer && !await _confirm.AskAsync()))
            return;
        RepositoryView? moved = null;
        if (!await TryAsync(async () => moved = await repositories.MoveAsync(await actors.GetAsync(), Repository.Name, RepositoryName.Of(_owner, _name.Trim()), default)))
            return;
        toasts.Show(Tone.Ok, $"{Repository.Name} is {moved!.Name} now.");
        // Whoever gave it away may have no say in it any more.
        navigation.NavigateTo(IsTransfer ? Addresses.Repository(moved.Name) : Addresses.RepositorySettings(moved.Name));
    }
}
