using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Api;

/// <summary>One operation, closed until it is asked for.</summary>
public sealed partial class ApiOperationView : ComponentBase
{
    [Parameter, EditorRequired] public ApiOperation Operation { get; set; } = null!;
}
