using System.CommandLine;
using AdapterHub.Cli.Output;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Verbs;

/// <summary>Flags that the help shows under one heading.</summary>
internal sealed record FlagGroup(string Title, IReadOnlyList<Option> Flags);

/// <summary>One verb of the program.</summary>
internal abstract class Verb(string name, string summary)
{
    private readonly Option<bool> _json = Flag.Switch("--json", "write JSON: one object a line, the last is the result");
    private readonly Option<bool> _verbose = Flag.Switch("--verbose", "show where a failure happened");

    public string Name { get; } = name;

    /// <summary>One sentence, for the list of verbs and the top of the help page.</summary>
    public string Summary { get; } = summary;

    /// <summary>Command lines that work as they stand.</summary>
    public virtual IReadOnlyList<string> Examples => [];

    public virtual IReadOnlyList<Argument> Arguments => [];

    public abstract IReadOnlyList<FlagGroup> Groups { get; }

    public FlagGroup CommonFlags => new("Output", [_json, _verbose]);

    public Command ToCommand(Terminal terminal)
    {
        var command = new Command(Name, Summary);
        foreach (var argument in Arguments)
            command.Add(argument);
        foreach (var option in Groups.Append(CommonFlags).SelectMany(group => group.Flags))
            command.Add(option);
        command.SetAction((parse, stop) => RunGuardedAsync(new Invocation(parse, terminal, parse.GetValue(_json), stop), parse.GetValue(_verbose)));
        return command;
    }

    /// <returns>An <see cref="ExitCode"/>.</returns>
    protected abstract Task<int> RunAsync(Invocation invocation);

    private async Task<int> RunGuardedAsync(Invocation invocation, bool isVerbose)
    {
        var terminal = invocation.Terminal;
        try
        {
            return await RunAsync(invocation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (invocation.Stop.IsCancellationRequested)
        {
            terminal.WriteError("stopped.");
            return ExitCode.Interrupted;
        }
#pragma warning disable CA1031 // the border of the process: every fault becomes a message and an exit code
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var failure = RunFault.Of(exception);
            terminal.WriteError(failure.Message);
            if (isVerbose)
                terminal.Error.WriteLine(exception.ToString());
            else if (!failure.IsInput)
                terminal.Error.WriteLine("That should not happen; the same command with --verbose shows where.");
            if (invocation is { IsJson: true, IsFailureShown: false })
                invocation.WriteJson(failure.ToEvent());
            return failure.IsInput ? ExitCode.BadInput : ExitCode.InternalError;
        }
    }
}

/// <summary>One use of a verb.</summary>
/// <param name="Parse">The parsed command line.</param>
/// <param name="Terminal">Where to write.</param>
/// <param name="IsJson">JSON lines instead of text.</param>
/// <param name="Stop">Set by Ctrl-C.</param>
internal sealed record Invocation(ParseResult Parse, Terminal Terminal, bool IsJson, CancellationToken Stop)
{
    /// <summary>The failure is among the JSON lines already.</summary>
    public bool IsFailureShown { get; set; }

    public T Get<T>(Option<T> option) => Parse.GetValue(option)!;

    public T Get<T>(Argument<T> argument) => Parse.GetValue(argument)!;
}
