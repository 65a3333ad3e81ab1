using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Settings;

/// <summary>Pages of the reader's own account, with the way to the others beside them.</summary>
public sealed partial class AccountLayout : LayoutComponentBase
{
    private static readonly Section[] Sections =
    [
        new("Profile", Addresses.Settings, IconName.User),
        new("Password", Addresses.Password, IconName.Lock),
        new("API tokens", Addresses.Tokens, IconName.Key),
        new("Sessions", Addresses.Sessions, IconName.Monitor),
        new("Organisations", Addresses.Organizations, IconName.People, "/organizations"),
        new("Close account", Addresses.CloseAccount, IconName.Trash),
    ];
}
