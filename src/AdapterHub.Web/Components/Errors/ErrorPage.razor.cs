using AdapterHub.Catalog;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Diagnostics;

namespace AdapterHub.Web.Components.Errors;

/// <summary>What a request for a page gets that failed: the pipeline runs again with this address and keeps the status.</summary>
public sealed partial class ErrorPage : ComponentBase
{
    private FaultText _text = FaultText.Of(StatusCodes.Status500InternalServerError);
    private string? _message;
    private string? _reference;
    private string _path = Addresses.Home;

    [Parameter] public int Code { get; set; }

    [CascadingParameter] private HttpContext Context { get; set; } = default!;

    protected override void OnInitialized()
    {
        var failed = Context.Features.Get<IExceptionHandlerPathFeature>();
        if (failed is not null)
            Code = FaultStatus.Of(failed.Error);
        else if (Code is < 400 or > 599)
            Code = StatusCodes.Status404NotFound;
        Context.Response.StatusCode = Code;
        _text = FaultText.Of(Code);
        var refused = Context.Features.Get<IStatusCodeReExecuteFeature>();
        _path = failed?.Path ?? (refused is null ? Addresses.Home : refused.OriginalPath + refused.OriginalQueryString);
        // Only messages written for people are shown.
        if (failed?.Error is CatalogException fault)
            _message = fault.Message;
        else if (Code >= 500)
            _reference = Context.TraceIdentifier;
    }
}
