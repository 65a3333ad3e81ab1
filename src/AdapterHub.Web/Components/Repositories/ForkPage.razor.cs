using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>Asks where a fork goes, makes it, and leads to it.</summary>
public sealed partial class ForkPage(
    RepositoryCatalog repositories, RevisionReader revisions, RepositoryFork forks, OwnerDirectory directory, ActorAccessor actors,
    NavigationManager navigation, Toasts toasts)
{
    private RepositoryView? _source;
    private IReadOnlyList<OwnerName> _owners = [];
    private int _references;
    private string _owner = "";
    private string _name = "";
    private (string, string) _shown;

    [Parameter] public string Owner { get; set; } = "";

    [Parameter] public string Name { get; set; } = "";

    protected override async Task OnParametersSetAsync()
    {
        if (_shown == (Owner, Name))
            return;
        _shown = (Owner, Name);
        var actor = await actors.GetAsync();
        var source = await repositories.GetAsync(actor, RepositoryName.Of(Owner, Name), default);
        if (source.Moved)
        {
            navigation.NavigateTo(Addresses.Fork(source.Name), replace: true);
            return;
        }

        _owners = await directory.ListWritableAsync(actor, default);
        _references = (await revisions.ListReferencesAsync(actor, source.Name, default)).Count;
        _owner = _owners.Select(owner => owner.Name).FirstOrDefault(name => !IsOf(source, name)) ?? source.Name.Owner;
        _name = IsOf(source, _owner) ? $"{source.Name.Name}-fork" : source.Name.Name;
        _source = source;
    }

    private static bool IsOf(RepositoryView source, string owner) => string.Equals(owner, source.Name.Owner, StringComparison.OrdinalIgnoreCase);

    private async Task ForkAsync()
    {
        RepositoryView? fork = null;
        if (_name.Trim().Length == 0
            || !await TryAsync(async () => fork = await forks.ForkAsync(await actors.GetAsync(), _source!.Name, RepositoryName.Of(_owner, _name.Trim()), default)))
            return;
        toasts.Show(Tone.Ok, $"{fork!.Name} is yours.");
        navigation.NavigateTo(Addresses.Repository(fork.Name));
    }
}
