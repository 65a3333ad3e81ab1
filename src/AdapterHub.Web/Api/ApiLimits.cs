using System.Globalization;
using System.Threading.RateLimiting;
using AdapterHub.Web.Accounts;
using Microsoft.AspNetCore.RateLimiting;

namespace AdapterHub.Web.Api;

/// <summary>
/// How fast one caller may ask: a bucket of requests that refills, for each account, and for each address from which nobody is signed in. Wide
/// enough for every page and script, too narrow to copy a catalogue's listing in a loop or to keep a hub busy. Settings <c>Api:...</c> replace
/// the figures.
/// </summary>
internal sealed class ApiLimits
{
    public const string Policy = "api";

    /// <summary>Requests at once by an address from which nobody is signed in.</summary>
    public int AnonymousBurst { get; set; } = 600;

    public int AnonymousPerSecond { get; set; } = 20;

    /// <summary>Requests at once by an account, whatever it signs in with.</summary>
    public int AccountBurst { get; set; } = 4000;

    public int AccountPerSecond { get; set; } = 200;

    public static void Add(IServiceCollection services)
    {
        services.AddOptions<ApiLimits>().BindConfiguration("Api");
        services.AddRateLimiter(limiter =>
        {
            limiter.OnRejected = RefuseAsync;
            limiter.AddPolicy<string, LimitOfCaller>(Policy);
        });
    }

    private static async ValueTask RefuseAsync(OnRejectedContext rejected, CancellationToken cancel)
    {
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var asked) ? asked : TimeSpan.FromSeconds(1);
        AttemptLimits.Refuse(rejected.HttpContext, wait);
        await ApiProblem.WriteAsync(rejected.HttpContext, ApiProblem.Of(StatusCodes.Status429TooManyRequests, string.Create(CultureInfo.InvariantCulture,
            $"Too many requests came from here. Try again in {Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))} seconds; with a token more is allowed.")));
    }

    private sealed class LimitOfCaller(Microsoft.Extensions.Options.IOptions<ApiLimits> limits) : IRateLimiterPolicy<string>
    {
        public Func<OnRejectedContext, CancellationToken, ValueTask>? OnRejected => null;

        public RateLimitPartition<string> GetPartition(HttpContext httpContext)
        {
            var actor = httpContext.GetActor();
            return actor.UserId is { } user
                ? Bucket(string.Create(CultureInfo.InvariantCulture, $"account {user}"), limits.Value.AccountBurst, limits.Value.AccountPerSecond)
                : Bucket($"address {ClientAddress.LimitKey(httpContext)}", limits.Value.AnonymousBurst, limits.Value.AnonymousPerSecond);
        }

        private static RateLimitPartition<string> Bucket(string key, int burst, int perSecond) => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });
    }
}
