using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Layout;

/// <summary>What a signed-in person can reach, or the way to sign in.</summary>
public sealed partial class AccountMenu : ComponentBase
{
    public const string AdministratorRole = "administrator";

    [CascadingParameter] private HttpContext Context { get; set; } = default!;
}
