using System.Globalization;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Components.Settings;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Admin;

/// <summary>The audit log, filtered and paged in the address.</summary>
public sealed partial class AuditLogPage : ActingPage
{
    /// <summary>Beginnings of actions.</summary>
    private static readonly (string Prefix, string Title)[] Groups =
    [
        ("account.sign-in", "sign-ins"), ("account.sign-in-refused", "refused sign-ins"), ("account.", "accounts"), ("token.", "API tokens"),
        ("invitation.", "invitations"), ("organization.", "organisations"), ("repository.", "repositories"), ("settings.", "settings"), ("quota.", "quotas"),
    ];

    private AuditPage _page = new([], null);

    [Inject] internal AuditReader Audit { get; set; } = default!;

    [Inject] internal NavigationManager Navigation { get; set; } = default!;

    [SupplyParameterFromQuery] private string? User { get; set; }

    [SupplyParameterFromQuery] private string? What { get; set; }

    [SupplyParameterFromQuery] private string? Subject { get; set; }

    [SupplyParameterFromQuery] private string? From { get; set; }

    [SupplyParameterFromQuery] private string? To { get; set; }

    [SupplyParameterFromQuery] private long? Before { get; set; }

    protected override async Task OnParametersSetAsync() => _page = await Audit.ListAsync(await Actors.GetAsync(Left), new AuditQuery
    {
        User = User, Action = What, Subject = Subject, From = Day(From), Until = Day(To)?.AddDays(1), Before = Before,
    }, Left);

    private string AddressOf(long? before) => Navigation.GetUriWithQueryParameter("before", before);

    /// <summary>Midnight UTC of a date as browsers write it; null for anything else.</summary>
    private static DateTimeOffset? Day(string? date) =>
        DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : null;
}
