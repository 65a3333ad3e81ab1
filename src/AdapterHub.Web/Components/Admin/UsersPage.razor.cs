using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Components.Settings;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Admin;

/// <summary>Every account, found by name and state.</summary>
public sealed partial class UsersPage : ActingPage
{
    private const int PageSize = 25;
    private UserPage _users = new([], 0);
    private UserFilter _filter;
    private int _page = 1;

    [Inject] internal Administration Administration { get; set; } = default!;

    [SupplyParameterFromQuery] private string? Q { get; set; }

    [SupplyParameterFromQuery] private string? Show { get; set; }

    [SupplyParameterFromQuery] private int? Page { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        _filter = Enum.TryParse<UserFilter>(Show, ignoreCase: true, out var filter) ? filter : UserFilter.All;
        _page = Math.Clamp(Page ?? 1, 1, 100_000);
        _users = await Administration.ListUsersAsync(
            await Actors.GetAsync(Left), new UserQuery { Text = Q, Filter = _filter, Page = _page, PageSize = PageSize }, Left);
    }
}
