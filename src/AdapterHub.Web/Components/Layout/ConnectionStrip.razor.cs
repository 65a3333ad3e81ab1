using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Layout;

/// <summary>Shown while the server does not answer; js/start.js changes its state. Below it Blazor's own strip for a circuit that failed.</summary>
public sealed partial class ConnectionStrip : ComponentBase;
