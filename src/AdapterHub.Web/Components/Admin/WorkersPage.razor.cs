using AdapterHub.Catalog.Runs;
using AdapterHub.Web.Components.Settings;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Admin;

/// <summary>Workers and their tokens: made, shown once, listed, revoked.</summary>
public sealed partial class WorkersPage : ActingPage
{
    /// <summary>A worker asks for runs at least twice a minute, and that it was seen is written once a minute.</summary>
    private static readonly TimeSpan Away = TimeSpan.FromMinutes(3);
    private IReadOnlyList<WorkerView> _workers = [];
    private NewWorker? _made;
    private WorkerView? _revoking;
    private ConfirmDialog _confirm = default!;
    private string? _name;

    [Inject] internal WorkerRegistry Workers { get; set; } = default!;

    [Inject] internal NavigationManager Navigation { get; set; } = default!;

    [Inject] internal TimeProvider Clock { get; set; } = default!;

    protected override async Task OnInitializedAsync() => _workers = await Workers.ListAsync(await Actors.GetAsync(Left), Left);

    private bool IsHere(WorkerView worker) => worker.LastSeenAt is { } seen && Clock.GetUtcNow() - seen < Away;

    private Task CreateAsync() => TryAsync(async actor =>
    {
        _made = await Workers.CreateAsync(actor, _name?.Trim() ?? "", Left);
        _name = null;
        _workers = await Workers.ListAsync(actor, Left);
    });

    private async Task RevokeAsync(WorkerView worker)
    {
        _revoking = worker;
        if (!await _confirm.AskAsync())
            return;
        await TryAsync(async actor =>
        {
            await Workers.RevokeAsync(actor, worker.Id, Left);
            if (_made?.View.Id == worker.Id)
                _made = null;
            _workers = await Workers.ListAsync(actor, Left);
        }, $"Revoked \"{worker.Name}\"");
    }
}
