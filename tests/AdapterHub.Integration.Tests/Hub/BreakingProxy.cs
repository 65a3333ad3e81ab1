using System.Net;
using System.Net.Sockets;

namespace AdapterHub.Integration.Tests.Hub;

/// <summary>Stands between a client and the hub, and resets the first few connections over which much has passed.</summary>
internal sealed class BreakingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _hub;
    private readonly long _afterBytes;
    private readonly Task _accepting;
    private int _left;
    private long _passed;

    public BreakingProxy(Uri hub, int breaks, long afterBytes)
    {
        (_hub, _left, _afterBytes) = (hub, breaks, afterBytes);
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        Broken = 0;
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public int Broken { get; private set; }

    /// <summary>Bytes in either direction.</summary>
    public long Passed => Interlocked.Read(ref _passed);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var hub = new TcpClient();
        using (client)
        {
            await hub.ConnectAsync(_hub.Host, _hub.Port, _stop.Token);
            var budget = new Budget { Left = _afterBytes };
            var up = CopyAsync(client, hub, budget, client, hub);
            await Task.WhenAny(up, CopyAsync(hub, client, budget, client, hub));
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, Budget budget, TcpClient client, TcpClient hub)
    {
        var buffer = new byte[16_384];
        try
        {
            for (int read; (read = await from.GetStream().ReadAsync(buffer, _stop.Token)) > 0;)
            {
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
                Interlocked.Add(ref _passed, read);
                if (Interlocked.Add(ref budget.Left, -read) > 0 || Volatile.Read(ref _left) <= 0)
                    continue;
                Interlocked.Decrement(ref _left);
                Broken++;
                // What was passed on may still lie in buffers, which a reset throws away; part of it should arrive.
                await Task.Delay(200, _stop.Token);
                client.LingerState = new LingerOption(true, 0);
                client.Close();
                hub.Close();
                return;
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // One side has closed.
        }
    }

    private sealed class Budget
    {
        public long Left;
    }
}
