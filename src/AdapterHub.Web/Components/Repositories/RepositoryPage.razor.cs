using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>A repository's page: what it is on top, its parts as tabs. The tab, the file and the revision stand in the address.</summary>
public sealed partial class RepositoryPage(RepositoryCatalog repositories, RevisionReader revisions, ActorAccessor actors, NavigationManager navigation)
    : ComponentBase, IDisposable
{
    private static readonly string[] TabParameters = ["file", "from", "to", "q", "after", "sort", "view"];

    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<TabItem> _tabs = [];
    private RepositoryView? _repository;
    private RevisionView? _revision;
    private (string Owner, string Name, string? Revision) _shown;

    [Parameter] public string Owner { get; set; } = "";

    [Parameter] public string Name { get; set; } = "";

    [SupplyParameterFromQuery] public string? Tab { get; set; }

    [SupplyParameterFromQuery] public string? Revision { get; set; }

    [SupplyParameterFromQuery] public string? File { get; set; }

    [SupplyParameterFromQuery] public string? From { get; set; }

    [SupplyParameterFromQuery] public string? To { get; set; }

    private string SelectedTab => Tabs.Select(_tabs, Tab);

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_shown == (Owner, Name, Revision) && _repository is not null)
            return;
        _shown = (Owner, Name, Revision);
        await LoadAsync();
    }

    /// <summary>What the actor may not see or what is not there ends in the error page: the catalogue's faults pass through.</summary>
    private async Task LoadAsync()
    {
        var actor = await actors.GetAsync(_gone.Token);
        var repository = await repositories.GetAsync(actor, RepositoryName.Of(Owner, Name), _gone.Token);
        if (repository.Moved)
        {
            navigation.NavigateTo(Addresses.Repository(repository.Name) + new Uri(navigation.Uri).Query, replace: true);
            return;
        }

        _revision = Revision is null
            ? await revisions.FindRevisionAsync(actor, repository.Name, null, _gone.Token)
            : await revisions.GetRevisionAsync(actor, repository.Name, Revision, _gone.Token);
        _repository = repository;
        _tabs = [.. TabsOf(repository, _revision)];
    }

    private static IEnumerable<TabItem> TabsOf(RepositoryView repository, RevisionView? revision)
    {
        yield return new TabItem("card", "Card", Icon: IconName.Document);
        if (repository.Kind == RepositoryKind.BaseModel)
            yield return new TabItem("adapters", "Adapters", Icon: IconName.Adapter);
        if (repository.Kind == RepositoryKind.Dataset)
            yield return new TabItem("rows", "Rows", Icon: IconName.List);
        yield return new TabItem("files", "Files", revision?.Files.Count, IconName.Folder);
        if (repository.Kind == RepositoryKind.Adapter)
            yield return new TabItem("anatomy", "Anatomy", Icon: IconName.Grid);
        if (repository.Kind != RepositoryKind.Dataset)
            yield return new TabItem("metrics", "Metrics", Icon: IconName.Scale);
        yield return new TabItem("versions", "Versions", Icon: IconName.History);
        yield return new TabItem("lineage", "Lineage", Icon: IconName.Branch);
    }
}
