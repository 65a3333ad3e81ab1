using System.Diagnostics;

namespace AdapterHub.Cli.Serving;

/// <summary>
/// Listens to whoever started this process by its standard input: a line asks for an end in good order, the end of input means that the parent is
/// gone, however it went, and this process goes at once.
/// </summary>
internal static class ParentWatch
{
    public static void Start(Action stop) => Start(_ => stop());

    /// <param name="hear">Told every line.</param>
    public static void Start(Action<string> hear) => new Thread(() =>
    {
        while (Console.In.ReadLine() is { } line)
            hear(line);
        // Not Environment.Exit, which waits for what other threads hold, such as one inside libtorch.
        using var self = Process.GetCurrentProcess();
        self.Kill();
    })
    { IsBackground = true, Name = "parent watch" }.Start();
}
