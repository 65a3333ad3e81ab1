using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Runs;
using AdapterHub.Web.Components.Settings;
using AdapterHub.Web.Runs;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>Makes the adapter of one checkpoint a repository.</summary>
public sealed partial class CheckpointForm : ActingPage
{
    private IReadOnlyList<OwnerName> _owners = [];
    private RepositoryVisibility _visibility = RepositoryVisibility.Private;
    private string _owner = "";
    private string? _name;

    [Parameter, EditorRequired] public RunDetail Detail { get; set; } = null!;

    [Parameter, EditorRequired] public int Step { get; set; }

    [Inject] internal OwnerDirectory Directory { get; set; } = default!;

    [Inject] internal CheckpointPublisher Publisher { get; set; } = default!;

    [Inject] internal NavigationManager Navigation { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        _owners = await Directory.ListWritableAsync(await Actors.GetAsync(Left), Left);
        _owner = Detail.Run.Owner;
        var target = Detail.Run.Target is { } text ? RepositoryName.Parse(text).Name : "run";
        _name = $"{target}-step-{Step}";
    }

    private Task PublishAsync() => TryAsync(async actor =>
    {
        var target = RepositoryName.Of(_owner, _name?.Trim() ?? "");
        await Publisher.PublishAsync(actor, Detail.Run.Id, Step, target, _visibility, Left);
        Navigation.NavigateTo(Addresses.Repository(target));
    });
}
