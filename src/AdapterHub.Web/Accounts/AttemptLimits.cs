using System.Globalization;

namespace AdapterHub.Web.Accounts;

/// <summary>How often one address, and one account from anywhere, may be wrong. Right answers are given back and do not count.</summary>
internal sealed class AttemptLimits(TimeProvider time)
{
    /// <summary>Wrong passwords of one address.</summary>
    public const int PerAddress = 30;

    /// <summary>Wrong passwords for one name, whether or not anybody is called so.</summary>
    public const int PerAccount = 20;

    /// <summary>Links tried and accounts made by one address.</summary>
    public const int Links = 30;

    /// <summary>Refused API tokens of one address in a minute.</summary>
    public const int Tokens = 60;

    private const int LongestName = 64;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly SlidingLimit _addresses = new(PerAddress, Window, time);
    private readonly SlidingLimit _accounts = new(PerAccount, Window, time);
    private readonly SlidingLimit _links = new(Links, Window, time);
    private readonly SlidingLimit _tokens = new(Tokens, TimeSpan.FromMinutes(1), time);

    /// <summary>Takes an attempt at a password; null when it may go on, else how long to wait.</summary>
    public TimeSpan? TakePassword(HttpContext context, string name)
    {
        var address = ClientAddress.LimitKey(context);
        if (!_addresses.TryTake(address, out var wait))
            return wait;
        if (_accounts.TryTake(Account(name), out wait))
            return null;
        _addresses.GiveBack(address);
        return wait;
    }

    /// <summary>The password was right.</summary>
    public void GiveBackPassword(HttpContext context, string name)
    {
        _addresses.GiveBack(ClientAddress.LimitKey(context));
        _accounts.GiveBack(Account(name));
    }

    /// <summary>Takes an attempt at a link or a registration; null when it may go on, else how long to wait.</summary>
    public TimeSpan? TakeLink(HttpContext context) => _links.TryTake(ClientAddress.LimitKey(context), out var wait) ? null : wait;

    /// <summary>Counts a refused token; null while that is an ordinary refusal, else how long to wait.</summary>
    public TimeSpan? TakeToken(HttpContext context) => _tokens.TryTake(ClientAddress.LimitKey(context), out var wait) ? null : wait;

    /// <summary>Makes the answer 429 and says in its head how long to wait.</summary>
    public static void Refuse(HttpContext context, TimeSpan wait)
    {
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>For people.</summary>
    public static string Text(TimeSpan wait) => wait.TotalSeconds <= 90
        ? $"Too many attempts. Try again in {Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))} seconds."
        : $"Too many attempts. Try again in {(int)Math.Ceiling(wait.TotalMinutes)} minutes.";

    private static string Account(string name)
    {
        var trimmed = name.Trim().ToUpperInvariant();
        return trimmed.Length > LongestName ? trimmed[..LongestName] : trimmed;
    }
}
