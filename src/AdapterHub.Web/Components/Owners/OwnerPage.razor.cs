using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Search;
using AdapterHub.Web.Accounts;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Owners;

/// <summary>A person or an organisation, and what is published under the name.</summary>
public sealed partial class OwnerPage(OwnerDirectory directory, SearchService search, ActorAccessor actors, NavigationManager navigation, TimeProvider clock)
    : ComponentBase
{
    private const int MostRelated = 24;

    private OwnerProfile? _profile;
    private IReadOnlyList<(RepositoryKind Kind, FacetValue Found)> _counts = [];
    private bool _isSelf;
    private bool _canPublish;
    private string? _shown;

    [Parameter] public string Name { get; set; } = "";

    private string Title => _profile!.DisplayName ?? _profile.Name;

    protected override async Task OnParametersSetAsync()
    {
        if (string.Equals(_shown, Name, StringComparison.Ordinal))
            return;
        _shown = Name;
        var actor = await actors.GetAsync();
        var profile = await directory.FindAsync(actor, Name, default) ?? throw CatalogException.NotFound($"Anybody called {Name}");
        if (!string.Equals(profile.Name, Name, StringComparison.Ordinal))
        {
            navigation.NavigateTo(Addresses.Owner(profile.Name) + new Uri(navigation.Uri).Query, replace: true);
            return;
        }

        var kinds = await search.FacetAsync(actor, new SearchQuery { Owners = [profile.Name] }, Facet.Kind, null, 3, default);
        _counts = [.. from value in kinds.Values
                      from kind in SearchQueryString.Read($"kind={value.Value}").Kinds
                      orderby kind
                      select (kind, value)];
        _isSelf = actor.IsSignedIn && string.Equals(profile.Name, actor.Name, StringComparison.OrdinalIgnoreCase);
        _canPublish = _isSelf || (actor.IsSignedIn && profile is { Kind: OwnerKind.Organization, Role: >= AccessRole.Writer });
        _profile = profile;
    }
}
