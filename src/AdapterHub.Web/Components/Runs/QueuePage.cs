using AdapterHub.Catalog.Runs;
using AdapterHub.Web.Components.Settings;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>A list made of runs, page by page, that goes on by itself.</summary>
/// <param name="drawPace">Between two drawings.</param>
public abstract class QueuePage(TimeSpan drawPace) : ActingPage
{
    private QueueWatch? _watch;

    [SupplyParameterFromQuery(Name = "page")] public int? PageNumber { get; set; }

    [Inject] internal RunReader Reader { get; set; } = default!;

    [Inject] internal TimeProvider Clock { get; set; } = default!;

    protected bool IsLive => _watch?.IsLive == true;

    protected override void OnInitialized()
    {
        if (!RendererInfo.IsInteractive)
            return;
        _watch = new QueueWatch(Reader, Actors.GetAsync, Take, new DrawThrottle(StateHasChanged, InvokeAsync, Clock, drawPace, Left) { Read = () => InTurnAsync(LoadAsync) });
        _watch.Begin(Left);
    }

    protected override Task OnParametersSetAsync() => InTurnAsync(LoadAsync);

    protected abstract Task LoadAsync();

    /// <summary>A run changed: what the list has to do about it.</summary>
    private protected abstract QueueChange Take(RunView run);
}
