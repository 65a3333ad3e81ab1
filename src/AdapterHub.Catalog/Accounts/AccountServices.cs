using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AdapterHub.Catalog.Accounts;

/// <summary>Registers what this folder offers; part of <see cref="CatalogServices.AddCatalog"/>.</summary>
internal static class AccountServices
{
    /// <summary>PBKDF2 with HMAC-SHA512 (OWASP Password Storage Cheat Sheet). Raising it rehashes passwords at the next sign-in.</summary>
    private const int PasswordIterations = 210_000;

    public static void AddAccounts(this IServiceCollection services)
    {
        services.AddLogging();
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = PasswordIterations);
        services.AddSingleton<IdentityUsers>();
        services.AddSingleton<HubSettingsStore>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<TokenRegistry>();
        services.AddSingleton<TokenAuthentication>();
        services.AddSingleton<Quotas>();
        services.AddSingleton<Organizations>();
        services.AddSingleton<OwnerDirectory>();
        services.AddSingleton<AuditReader>();
        services.AddSingleton<Administration>();
        services.TryAddSingleton<StorageLimitsSource>(s => async cancel =>
        {
            var settings = await Get<HubSettingsStore>(s).GetAsync(cancel);
            return new StorageLimits(settings.DefaultQuotaBytes, settings.MaximumFileBytes);
        });
        // Those whose constructors take the internal Identity part, which the container does not call by itself.
        services.AddSingleton(s => new Registration(Contexts(s), Get<IdentityUsers>(s), Get<HubSettingsStore>(s), Get<TimeProvider>(s)));
        services.AddSingleton(s => new Invitations(Contexts(s), Get<IdentityUsers>(s), Get<Sessions>(s), Get<TimeProvider>(s)));
        services.AddSingleton(s => new FirstStart(Contexts(s), Get<Registration>(s), Get<TimeProvider>(s)));
        services.AddSingleton(s => new PasswordSignIn(Contexts(s), Get<IdentityUsers>(s), Get<TimeProvider>(s)));
        services.AddSingleton(s => new OwnAccount(
            Contexts(s), Get<IdentityUsers>(s), Get<PasswordSignIn>(s), Get<Sessions>(s), Get<TimeProvider>(s)));
        services.AddSingleton(s => new AccountClosing(
            Contexts(s), Get<RepositoryCatalog>(s), Get<OwnAccount>(s), Get<Sessions>(s), Get<TimeProvider>(s)));
    }

    private static T Get<T>(IServiceProvider services) where T : notnull => services.GetRequiredService<T>();

    private static IDbContextFactory<CatalogContext> Contexts(IServiceProvider services) => Get<IDbContextFactory<CatalogContext>>(services);
}
