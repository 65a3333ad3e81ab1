using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Components;
using AdapterHub.Web.Security;

namespace AdapterHub.Web.Accounts;

/// <summary>What a start prints so that somebody can get in.</summary>
/// <param name="Address">To be opened in a browser; good once.</param>
/// <param name="Deed">What it does.</param>
/// <param name="ExpiresAt">No good after this.</param>
public sealed record StartLink(Uri Address, FirstStartDeed Deed, DateTimeOffset ExpiresAt)
{
    /// <summary>Makes the link of this start; null where nobody needs one. For a hub that listens.</summary>
    public static async Task<StartLink?> IssueAsync(WebApplication application, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        var options = application.Services.GetRequiredService<HubOptions>();
        var link = await application.Services.GetRequiredService<FirstStart>().IssueAsync(options.IsPersonal, cancel);
        return link is null ? null : new StartLink(AddressOf(application.Urls.First(), link.Key), link.Deed, link.ExpiresAt);
    }

    /// <summary>A hub that listens everywhere is reached here by the name of this machine.</summary>
    private static Uri AddressOf(string url, string key)
    {
        var binding = BindingAddress.Parse(url);
        var host = LoopbackHosts.IsEverywhere(binding.Host) ? "localhost" : binding.Host;
        return new Uri($"{binding.Scheme}://{host}:{binding.Port}{Addresses.Start}?key={key}");
    }
}
