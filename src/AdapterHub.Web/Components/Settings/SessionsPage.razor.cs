using System.Globalization;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Entry;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Settings;

/// <summary>Where the account is signed in, and what it did lately. Plain forms: ending this session changes the cookie.</summary>
public sealed partial class SessionsPage : EntryForm
{
    private const int Recent = 25;
    private IReadOnlyList<SessionView> _sessions = [];
    private AuditPage _activity = new([], null);

    [Inject] internal Sessions Sessions { get; set; } = default!;

    [Inject] internal AuditReader Audit { get; set; } = default!;

    [SupplyParameterFromQuery] private long? Before { get; set; }

    /// <summary>A session's number, <c>others</c> or <c>all</c>.</summary>
    [SupplyParameterFromForm(Name = "end")] private string? End { get; set; }

    protected override async Task OnInitializedAsync()
    {
        var actor = Context.GetActor();
        _sessions = await Sessions.ListAsync(actor, SessionCookie.Read(Context.Request), Context.RequestAborted);
        _activity = await Audit.ListOwnAsync(actor, Before, Recent, Context.RequestAborted);
    }

    private async Task SubmitAsync()
    {
        var actor = Context.GetActor();
        var current = _sessions.FirstOrDefault(session => session.IsCurrent)?.Id.ToString(CultureInfo.InvariantCulture);
        if (!await TryAsync(async () =>
        {
            if (End == "all")
                await Sessions.EndAllAsync(actor, null, Context.RequestAborted);
            else if (End == "others")
                await Sessions.EndAllAsync(actor, SessionCookie.Read(Context.Request), Context.RequestAborted);
            else if (long.TryParse(End, CultureInfo.InvariantCulture, out var id))
                await Sessions.EndAsync(actor, id, Context.RequestAborted);
            if (End == "all" || End == current)
                SessionCookie.Delete(Context);
        }))
            return;
        GoTo(End == "all" || End == current ? Addresses.Home : Addresses.Sessions);
    }
}
