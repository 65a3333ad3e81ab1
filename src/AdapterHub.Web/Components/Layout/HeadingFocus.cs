using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AdapterHub.Web.Components.Layout;

/// <summary>
/// After a link to another page, puts the focus on its heading, so that screen readers say where one is. Unlike the framework's FocusOnNavigate
/// it leaves the first page alone, where somebody may be typing into the search already.
/// </summary>
public sealed class HeadingFocus(IJSRuntime script) : ComponentBase
{
    private Type? _shown;
    private bool _isNew;

    [Parameter, EditorRequired] public Type? Page { get; set; }

    protected override void OnParametersSet()
    {
        _isNew = _shown is not null && _shown != Page;
        _shown = Page;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_isNew)
            return;
        _isNew = false;
        await script.InvokeVoidAsync("AdapterHub.focusHeading");
    }
}
