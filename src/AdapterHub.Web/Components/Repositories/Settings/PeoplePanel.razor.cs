using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Catalogue;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories.Settings;

/// <summary>The owner, and people who were given a role in this one repository.</summary>
public sealed partial class PeoplePanel(
    RepositoryCatalog repositories, OwnerDirectory directory, ActorAccessor actors, NavigationManager navigation, Toasts toasts)
{
    private static readonly AccessRole[] Roles = [AccessRole.Reader, AccessRole.Writer, AccessRole.Owner];

    private IReadOnlyList<(string UserName, AccessRole Role)>? _people;
    private OwnerProfile? _owner;
    private IReadOnlyCollection<string> _taken = [];
    private string? _fault;
    private string _name = "";
    private AccessRole _role = AccessRole.Reader;
    private PersonField _field = null!;
    private ConfirmDialog _confirm = null!;

    [Parameter, EditorRequired] public RepositoryView Repository { get; set; } = null!;

    /// <summary>The actor's own role changed.</summary>
    [Parameter] public EventCallback Changed { get; set; }

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        try
        {
            var actor = await actors.GetAsync();
            _owner = await directory.FindAsync(actor, Repository.Name.Owner, default);
            _people = await repositories.ListCollaboratorsAsync(actor, Repository.Name, default);
            _taken = [.. _people.Select(person => person.UserName), Repository.Name.Owner];
            _fault = null;
        }
        catch (CatalogException refusal)
        {
            _fault = refusal.Message;
        }
    }

    private async Task AddAsync()
    {
        if (await _field.TakeChoiceAsync())
            return;
        var name = _name.Trim();
        if (name.Length == 0 || !await TryAsync(() => GiveAsync(name, _role)))
            return;
        _name = "";
        await LoadAsync();
    }

    private async Task SetAsync(string userName, AccessRole role)
    {
        var isSelf = string.Equals(userName, (await actors.GetAsync()).Name, StringComparison.OrdinalIgnoreCase);
        if (isSelf && role < AccessRole.Owner && !await _confirm.AskAsync())
        {
            await LoadAsync();
            return;
        }

        if (!await TryAsync(() => GiveAsync(userName, role)))
            return;
        toasts.Show(Tone.Ok, role == AccessRole.None ? $"{userName} has no role here any more." : $"{userName} is {RepositoryWords.Role(role)} now.");
        if (isSelf)
            await LeaveOrStayAsync();
        else
            await LoadAsync();
    }

    private Task RemoveAsync(string userName) => SetAsync(userName, AccessRole.None);

    private async Task GiveAsync(string userName, AccessRole role) =>
        await repositories.SetCollaboratorAsync(await actors.GetAsync(), Repository.Name, userName, role, default);

    /// <summary>An administrator or a member of the owner has a say even without the role; others have none in this page now.</summary>
    private async Task LeaveOrStayAsync()
    {
        var now = await repositories.FindAsync(await actors.GetAsync(), Repository.Name, default);
        if (now is { CanManage: true })
            await LoadAsync();
        else if (now is { CanWrite: true })
            await Changed.InvokeAsync();
        else
            navigation.NavigateTo(now is null ? Addresses.Home : Addresses.Repository(now.Name));
    }
}
