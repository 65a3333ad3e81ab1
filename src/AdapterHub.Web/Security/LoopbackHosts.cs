using System.Net;

namespace AdapterHub.Web.Security;

/// <summary>Names of this machine that only this machine reaches.</summary>
internal static class LoopbackHosts
{
    /// <param name="host">Without a port; IPv6 with or without brackets.</param>
    public static bool Contains(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>Whether an address to listen on is one that other machines do not reach.</summary>
    public static bool ContainsUrl(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { IsUnixPipe: false } address && Contains(address.Host);
        }
        catch (FormatException)
        {
            // The server refuses it when it starts to listen, and says why.
            return false;
        }
    }

    /// <summary>Whether the host of an address to listen on stands for all of this machine's: <c>0.0.0.0</c>, <c>[::]</c>, <c>*</c>, <c>+</c>.</summary>
    public static bool IsEverywhere(string host) =>
        host is "*" or "+" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));
}
