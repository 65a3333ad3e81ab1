using AdapterHub.Catalog.Accounts;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Settings;

/// <summary>How much is stored of what may be.</summary>
public sealed partial class QuotaBar : ComponentBase
{
    [Parameter, EditorRequired] public QuotaState State { get; set; } = new(0, null);
}
