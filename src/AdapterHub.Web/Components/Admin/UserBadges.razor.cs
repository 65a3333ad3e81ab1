using AdapterHub.Catalog.Accounts;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Admin;

/// <summary>What is special about an account.</summary>
public sealed partial class UserBadges : ComponentBase
{
    [Parameter, EditorRequired] public UserRow User { get; set; } = default!;
}
