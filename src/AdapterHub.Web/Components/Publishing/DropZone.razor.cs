using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AdapterHub.Web.Components.Publishing;

/// <summary>Takes files, dropped anywhere on the page or chosen, and has the browser send them to a draft over HTTP.</summary>
public sealed partial class DropZone(IJSRuntime script, Toasts toasts) : ComponentBase, IAsyncDisposable
{
    private ElementReference _zone;
    private DotNetObjectReference<DropZone>? _self;
    private IJSObjectReference? _module;
    private IJSObjectReference? _uploader;

    /// <summary>The draft to send to; null makes one with the first file.</summary>
    [Parameter] public string? DraftId { get; set; }

    [Parameter] public string Title { get; set; } = "Drop an adapter here";

    [Parameter] public bool IsSmall { get; set; }

    /// <summary>Makes the draft and returns its id; null when that was refused.</summary>
    [Parameter] public Func<Task<string?>>? Create { get; set; }

    /// <summary>Files were announced or have arrived; with the draft's id.</summary>
    [Parameter] public EventCallback<string> Changed { get; set; }

    [JSInvokable]
    public async Task<string?> CreateDraftAsync() => Create is null ? DraftId : await Create();

    [JSInvokable]
    public Task ChangedAsync(string draft) => InvokeAsync(() => Changed.InvokeAsync(draft));

    [JSInvokable]
    public void FailedAsync(string reason) => toasts.Show(Tone.Danger, reason);

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_uploader is not null)
            {
                await _uploader.InvokeVoidAsync("dispose");
                await _uploader.DisposeAsync();
            }

            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (Exception gone) when (gone is JSDisconnectedException or OperationCanceledException)
        {
            // The page is gone, and its listeners with it.
        }

        _self?.Dispose();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _self = DotNetObjectReference.Create(this);
        _module = await script.InvokeAsync<IJSObjectReference>("import", "./" + Assets["js/upload.js"]);
        _uploader = await _module.InvokeAsync<IJSObjectReference>("attach", _zone, _self, DraftId);
    }
}
