using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Layout;

/// <summary>The foot of every page, with the version.</summary>
public sealed partial class Footer : ComponentBase;
