using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>The way between two programs, which a test cuts when and where it likes. Where nobody listens behind it, it refuses as a dead machine does.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Connection, Task> _connections = new();
    private readonly int _port;
    private readonly Task _accepting;
    private long _leftUp = long.MaxValue;
    private long _leftDown = long.MaxValue;
    private int _cuts;

    /// <param name="port">Of the program on this machine that it leads to.</param>
    public CuttingProxy(int port)
    {
        _port = port;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public int Cuts => _cuts;

    /// <summary>Nothing passes, and nobody is told.</summary>
    public bool IsDark { get; set; }

    /// <summary>Resets every connection that there is.</summary>
    public void CutAll()
    {
        foreach (var connection in _connections.Keys)
            Cut(connection);
    }

    /// <summary>Leaves every connection that there is open and passes nothing over it any more; new ones work.</summary>
    public void FreezeAll()
    {
        foreach (var connection in _connections.Keys)
            connection.IsFrozen = true;
    }

    /// <summary>Resets the connection over which, from now, the given number of bytes has gone up to the server.</summary>
    public void CutAfterUp(long bytes) => Interlocked.Exchange(ref _leftUp, bytes);

    /// <summary>Resets the connection over which, from now, the given number of bytes has come down from the server.</summary>
    public void CutAfterDown(long bytes) => Interlocked.Exchange(ref _leftDown, bytes);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        CutAll();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = new Connection(await _listener.AcceptTcpClientAsync(_stop.Token));
                _connections[connection] = ServeAsync(connection);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Connection connection)
    {
        await Task.Yield();
        try
        {
            await connection.Server.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
            await Task.WhenAny(PumpAsync(connection, isUp: true), PumpAsync(connection, isUp: false));
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One side is gone, or nobody listens.
        }
        finally
        {
            connection.Reset();
            _connections.TryRemove(connection, out _);
        }
    }

    private async Task PumpAsync(Connection connection, bool isUp)
    {
        var (from, to) = isUp ? (connection.Client, connection.Server) : (connection.Server, connection.Client);
        var buffer = new byte[16_384];
        try
        {
            for (int read; (read = await from.GetStream().ReadAsync(buffer, _stop.Token)) > 0;)
            {
                while (IsDark || connection.IsFrozen)
                    await Task.Delay(20, _stop.Token);
                var left = isUp ? Spend(ref _leftUp, read) : Spend(ref _leftDown, read);
                await to.GetStream().WriteAsync(buffer.AsMemory(0, (int)Math.Min(left, read)), _stop.Token);
                if (left > read)
                    continue;
                // What was passed on may still lie in buffers, which a reset throws away; part of it should arrive.
                await Task.Delay(30, _stop.Token);
                Cut(connection);
                return;
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // One side has closed.
        }
    }

    /// <summary>What was left before these bytes; where they use it up, the measure is put away.</summary>
    private static long Spend(ref long left, int bytes)
    {
        while (true)
        {
            var before = Interlocked.Read(ref left);
            if (before == long.MaxValue)
                return before;
            if (Interlocked.CompareExchange(ref left, before > bytes ? before - bytes : long.MaxValue, before) == before)
                return before;
        }
    }

    private void Cut(Connection connection)
    {
        Interlocked.Increment(ref _cuts);
        connection.Reset();
    }

    private sealed class Connection(TcpClient client)
    {
        public TcpClient Client => client;

        public TcpClient Server { get; } = new();

        public volatile bool IsFrozen;

        public void Reset()
        {
            foreach (var side in new[] { client, Server })
            {
                try
                {
                    side.LingerState = new LingerOption(true, 0);
                }
                catch (Exception gone) when (gone is SocketException or ObjectDisposedException or NullReferenceException)
                {
                    // It is closed, or never was open.
                }

                side.Dispose();
            }
        }
    }
}
