using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Layout;

/// <summary>The main places within reach of a thumb; shown on narrow screens only.</summary>
public sealed partial class PhoneBar : ComponentBase
{
    [CascadingParameter] private HttpContext Context { get; set; } = default!;
}
