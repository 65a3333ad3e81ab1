using System.Globalization;
using AdapterHub.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Accounts;

/// <summary>Reads and writes <see cref="HubSettings"/>; reading is from memory after the first time.</summary>
public sealed class HubSettingsStore(IDbContextFactory<CatalogContext> contexts, TimeProvider time)
{
    private static readonly Setting[] All =
    [
        new("name", s => s.Name, (s, text) => s with { Name = text }),
        new("registration", s => s.Registration.ToString(), (s, text) => s with { Registration = Enum.Parse<RegistrationMode>(text) }),
        new("anonymous-reading", s => Text(s.AnonymousReading), (s, text) => s with { AnonymousReading = bool.Parse(text) }),
        new("anyone-founds-organizations", s => Text(s.AnyoneFoundsOrganizations), (s, text) => s with { AnyoneFoundsOrganizations = bool.Parse(text) }),
        new("default-quota-bytes", s => Text(s.DefaultQuotaBytes), (s, text) => s with { DefaultQuotaBytes = text.Length == 0 ? null : Number(text) }),
        new("maximum-file-bytes", s => Text(s.MaximumFileBytes), (s, text) => s with { MaximumFileBytes = Number(text) }),
    ];

    private volatile HubSettings? _current;

    public async ValueTask<HubSettings> GetAsync(CancellationToken cancel)
    {
        if (_current is { } current)
            return current;
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var stored = await context.Settings.AsNoTracking().ToDictionaryAsync(setting => setting.Key, setting => setting.Value, cancel);
        return _current = All.Aggregate(new HubSettings(), (settings, one) => stored.TryGetValue(one.Key, out var value) ? one.Put(settings, value) : settings);
    }

    /// <summary>Stores what differs from the defaults. Administrators only.</summary>
    public async Task UpdateAsync(Actor actor, HubSettings settings, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(settings);
        actor.RequireAdministrator("change the hub's settings");
        settings = settings with { Name = settings.Name.Trim() };
        Check(settings);
        var before = await GetAsync(cancel);
        var defaults = new HubSettings();
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        // Others keep rows in this table too, under keys of their own.
        var keys = All.Select(one => one.Key).ToArray();
        await context.Settings.Where(setting => keys.Contains(setting.Key)).ExecuteDeleteAsync(cancel);
        context.Settings.AddRange(from one in All where one.Get(settings) != one.Get(defaults) select new HubSetting { Key = one.Key, Value = one.Get(settings) });
        var changed = from one in All where one.Get(settings) != one.Get(before) select $"{one.Key}: {one.Get(before)} -> {one.Get(settings)}";
        AuditLog.Add(context, actor, "settings.change", "hub", string.Join("; ", changed), time.GetUtcNow());
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        _current = settings;
    }

    private static void Check(HubSettings settings)
    {
        List<string> problems = [];
        if (settings.Name.Length is 0 or > 60 || settings.Name.Any(char.IsControl))
            problems.Add("The hub's name has 1 to 60 characters.");
        if (settings.DefaultQuotaBytes < 0)
            problems.Add("The default quota is at least 0; leave it empty for no limit.");
        if (settings.MaximumFileBytes <= 0)
            problems.Add("The largest file has at least 1 byte.");
        if (problems.Count > 0)
            throw new CatalogException(CatalogFault.Invalid, string.Join(' ', problems), problems);
    }

    private static string Text(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture) ?? "";

    private static string Text(bool value) => value ? "true" : "false";

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private sealed record Setting(string Key, Func<HubSettings, string> Get, Func<HubSettings, string, HubSettings> Put);
}
