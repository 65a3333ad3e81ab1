using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Layout;

/// <summary>A tall factor, a wide factor, and the square they make: a low-rank change.</summary>
public sealed partial class Logo : ComponentBase;
