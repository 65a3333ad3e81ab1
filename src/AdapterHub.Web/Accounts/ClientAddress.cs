using System.Net;
using System.Net.Sockets;

namespace AdapterHub.Web.Accounts;

/// <summary>Where a request comes from.</summary>
internal static class ClientAddress
{
    private const int NetworkBytes = 8;

    /// <summary>As the audit log writes it; null without a network, as in tests and over Unix sockets.</summary>
    public static string? Of(HttpContext context) => Plain(context.Connection.RemoteIpAddress)?.ToString();

    /// <summary>What limits count by: an IPv4 address, or the first 64 bits of an IPv6 address, since one household has all the others.</summary>
    public static string LimitKey(HttpContext context)
    {
        var address = Plain(context.Connection.RemoteIpAddress);
        if (address is null)
            return "local";
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes(), 0, NetworkBytes) : address.ToString();
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
