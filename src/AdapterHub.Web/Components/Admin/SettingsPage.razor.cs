using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Components.Settings;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Admin;

/// <summary>The hub's settings.</summary>
public sealed partial class SettingsPage : ActingPage
{
    private const double BytesPerGigabyte = 1e9;
    private string _name = "";
    private RegistrationMode _registration;
    private bool _anonymousReading;
    private bool _anyoneFounds;
    private double? _quota;
    private double _fileSize;

    [Inject] internal HubSettingsStore Settings { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        var settings = await Settings.GetAsync(Left);
        _name = settings.Name;
        _registration = settings.Registration;
        _anonymousReading = settings.AnonymousReading;
        _anyoneFounds = settings.AnyoneFoundsOrganizations;
        _quota = settings.DefaultQuotaBytes / BytesPerGigabyte;
        _fileSize = settings.MaximumFileBytes / BytesPerGigabyte;
    }

    private Task SaveAsync() => TryAsync(actor => Settings.UpdateAsync(actor, new HubSettings
    {
        Name = _name,
        Registration = _registration,
        AnonymousReading = _anonymousReading,
        AnyoneFoundsOrganizations = _anyoneFounds,
        DefaultQuotaBytes = _quota is { } gigabytes ? Bytes(gigabytes) : null,
        MaximumFileBytes = Bytes(_fileSize),
    }, Left), "Saved");

    private static long Bytes(double gigabytes) => (long)Math.Clamp(Math.Round(gigabytes * BytesPerGigabyte), -1, 1e18);
}
