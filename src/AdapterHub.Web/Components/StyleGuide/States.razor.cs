using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.StyleGuide;

/// <summary>Empty, loading, failed; remarks and progress.</summary>
public sealed partial class States : ComponentBase
{
    private Exception? _fault;
}
