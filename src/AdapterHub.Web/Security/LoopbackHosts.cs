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
}
