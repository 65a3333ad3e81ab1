using AdapterHub.Catalog;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>The head of a repository's page: name, picture, and what can be done with all of it.</summary>
public sealed partial class RepositoryHead(RepositoryCatalog repositories, ActorAccessor actors, Toasts toasts) : ComponentBase
{
    private bool _isSignedIn;
    private bool _liked;
    private long _likes;

    [Parameter, EditorRequired] public RepositoryView Repository { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        (_liked, _likes) = (Repository.Liked, Repository.Likes);
        _isSignedIn = (await actors.GetAsync()).IsSignedIn;
    }

    /// <summary>Shown at once, and taken back with a word if the catalogue refuses.</summary>
    private async Task ToggleLikeAsync()
    {
        _liked = !_liked;
        _likes += _liked ? 1 : -1;
        try
        {
            await repositories.SetLikeAsync(await actors.GetAsync(), Repository.Name, _liked, default);
        }
        catch (CatalogException refusal)
        {
            _liked = !_liked;
            _likes += _liked ? 1 : -1;
            toasts.Show(Tone.Danger, refusal.Message);
        }
    }
}
