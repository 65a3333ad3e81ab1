using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Components.Settings;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Admin;

/// <summary>Invitations: made, shown once, listed, taken back.</summary>
public sealed partial class InvitationsPage : ActingPage
{
    private IReadOnlyList<InvitationView> _invitations = [];
    private DateTimeOffset _now;
    private bool _isClosed;
    private string? _link;
    private string? _note;
    private int _days = 7;

    [Inject] internal Invitations Invitations { get; set; } = default!;

    [Inject] internal HubSettingsStore Settings { get; set; } = default!;

    [Inject] internal NavigationManager Navigation { get; set; } = default!;

    [Inject] internal TimeProvider Clock { get; set; } = default!;

    protected override async Task OnInitializedAsync() => await LoadAsync(await Actors.GetAsync(Left));

    private async Task LoadAsync(Actor actor)
    {
        _now = Clock.GetUtcNow();
        _isClosed = (await Settings.GetAsync(Left)).Registration == RegistrationMode.Closed;
        _invitations = await Invitations.ListAsync(actor, Left);
    }

    private Task CreateAsync() => TryAsync(async actor =>
    {
        var made = await Invitations.CreateAsync(actor, _note, TimeSpan.FromDays(_days), Left);
        _link = $"{Navigation.BaseUri.TrimEnd('/')}{Addresses.Register}?invitation={made.Key}";
        _note = null;
        await LoadAsync(actor);
    });

    private Task RevokeAsync(long id) => TryAsync(async actor =>
    {
        await Invitations.RevokeAsync(actor, id, Left);
        _link = null;
        await LoadAsync(actor);
    }, "Taken back");
}
