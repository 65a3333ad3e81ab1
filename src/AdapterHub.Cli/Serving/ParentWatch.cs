namespace AdapterHub.Cli.Serving;

/// <summary>
/// Listens to whoever started this process by its standard input: a line asks for an end in good order, the end of input means that the parent is
/// gone, however it went, and this process goes at once.
/// </summary>
internal static class ParentWatch
{
    public static void Start(Action stop) => new Thread(() =>
    {
        while (Console.In.ReadLine() is not null)
            stop();
        Environment.Exit(ExitCode.Interrupted);
    })
    { IsBackground = true, Name = "parent watch" }.Start();
}
