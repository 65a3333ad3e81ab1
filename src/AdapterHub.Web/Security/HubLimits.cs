using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AdapterHub.Web.Security;

/// <summary>How much one client may cost before anything of ours has looked at its request.</summary>
internal static class HubLimits
{
    /// <summary>Of a request's body. Endpoints that take files or long documents say so themselves (<c>RequestSizeLimit</c>).</summary>
    public const long BodyBytes = 4 * 1024 * 1024;

    public const int HeaderBytes = 32 * 1024;

    public const int HeaderCount = 64;

    public const int RequestLineBytes = 8 * 1024;

    /// <summary>Of a message from a page to its circuit; files and long texts go over HTTP.</summary>
    public const long CircuitMessageBytes = 64 * 1024;

    /// <summary>Circuits whose reader is away for a moment.</summary>
    public const int CircuitsRetained = 50;

    public static void Apply(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = BodyBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytes;
        kestrel.Limits.MaxRequestHeaderCount = HeaderCount;
        kestrel.Limits.MaxRequestLineSize = RequestLineBytes;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
    }

    public static void Apply(CircuitOptions circuits)
    {
        circuits.DisconnectedCircuitMaxRetained = CircuitsRetained;
        circuits.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3);
        circuits.JSInteropDefaultCallTimeout = TimeSpan.FromSeconds(30);
        circuits.MaxBufferedUnacknowledgedRenderBatches = 10;
        // The page's script cannot resume a circuit that was put away: its state is in the address.
        circuits.PersistedCircuitInMemoryMaxRetained = 0;
    }

    public static void Apply(Microsoft.AspNetCore.SignalR.HubOptions hub)
    {
        hub.MaximumReceiveMessageSize = CircuitMessageBytes;
        hub.EnableDetailedErrors = false;
    }
}
