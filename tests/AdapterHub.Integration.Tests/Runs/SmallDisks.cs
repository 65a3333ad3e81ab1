using System.Diagnostics;

namespace AdapterHub.Integration.Tests.Runs;

/// <summary>
/// Two small file systems in memory, one for a hub and one for a worker, in a mount namespace of their own: no privileges are needed. Programs that
/// are to see them are started through <see cref="Enter"/>; the test itself reaches them below <see cref="Outside"/>.
/// </summary>
internal sealed class SmallDisks : IAsyncDisposable
{
    private const string Ballast = "ballast";
    private readonly Process _holder;
    private readonly string _folder;

    private SmallDisks(Process holder, string folder) => (_holder, _folder) = (holder, folder);

    public string Hub => Path.Combine(_folder, "hub-disk");

    public string Worker => Path.Combine(_folder, "worker-disk");

    /// <summary>Null where this machine does not let its users mount anything.</summary>
    public static async Task<SmallDisks?> TryCreateAsync(string folder, CancellationToken cancel)
    {
        foreach (var name in new[] { "hub-disk", "worker-disk" })
            Directory.CreateDirectory(Path.Combine(folder, name));
        var start = new ProcessStartInfo("unshare", ["-r", "-m", "sh", "-c", "mount -t tmpfs -o size=192m tmpfs hub-disk && mount -t tmpfs -o size=48m tmpfs worker-disk && echo ready && exec sleep 1000000"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder,
        };
        Process holder;
        try
        {
            holder = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        holder.Id.ShouldBeGreaterThan(0);
        if (await holder.StandardOutput.ReadLineAsync(cancel) == "ready")
            return new SmallDisks(holder, folder);
        await holder.WaitForExitAsync(cancel);
        holder.Dispose();
        return null;
    }

    /// <summary>The command that runs a program where the disks are; the program has the process id of the command.</summary>
    public IEnumerable<string> Enter() => ["nsenter", "-t", $"{_holder.Id}", "-U", "-m", "--preserve-credentials", "--"];

    /// <summary>A path on one of the disks, as this process reaches it.</summary>
    public string Outside(string path) => $"/proc/{_holder.Id}/root{path}";

    /// <summary>Takes the last byte that is free.</summary>
    public void Fill(string disk)
    {
        var zeros = new byte[1 << 16];
        using var file = new FileStream(Path.Combine(Outside(disk), Ballast), FileMode.Create, FileAccess.Write, FileShare.Delete, 0);
        // Whole pages first, for they are what this file system counts.
        foreach (var length in new[] { zeros.Length, 4096 })
        {
            try
            {
                while (true)
                    file.Write(zeros, 0, length);
            }
            catch (IOException)
            {
                // It is full.
            }
        }
    }

    public void MakeRoom(string disk) => File.Delete(Path.Combine(Outside(disk), Ballast));

    public async ValueTask DisposeAsync()
    {
        _holder.Kill();
        await _holder.WaitForExitAsync(CancellationToken.None);
        _holder.Dispose();
    }
}
