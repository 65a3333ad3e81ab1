using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Layout;

/// <summary>Light, dark or as the system; js/ui.js does the work and js/theme.js remembers.</summary>
public sealed partial class ThemeMenu : ComponentBase;
