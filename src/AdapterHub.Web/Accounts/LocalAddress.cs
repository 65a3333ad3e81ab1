using AdapterHub.Web.Components;

namespace AdapterHub.Web.Accounts;

/// <summary>Where a sign-in leads afterwards: only to a page of this hub, whatever the address that led here asks for.</summary>
internal static class LocalAddress
{
    private const int Longest = 2000;

    /// <summary>The path asked for if it is one of this hub's, else the first page.</summary>
    public static string Of(string? asked) => asked is not null && Is(asked) ? asked : Addresses.Home;

    /// <summary>
    /// One slash, then no other: browsers read <c>//host</c> and <c>/\host</c> as another host, and drop tabs and line breaks before they look.
    /// The pages for signing in and out are no place to return to.
    /// </summary>
    private static bool Is(string asked) =>
        asked is ['/', ..] and not ['/', '/' or '\\', ..] && asked.Length <= Longest && !asked.Any(c => char.IsControl(c) || c == '\\')
        && !IsBelow(asked, Addresses.SignIn) && !IsBelow(asked, Addresses.SignOut) && !IsBelow(asked, Addresses.Register) && !IsBelow(asked, Addresses.Start);

    private static bool IsBelow(string asked, string page) => new PathString(asked.Split('?', '#')[0]).StartsWithSegments(page, StringComparison.OrdinalIgnoreCase);
}
