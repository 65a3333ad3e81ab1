using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text.RegularExpressions;
using AdapterHub.Cli.Output;
using AdapterHub.Cli.Serving;
using AdapterHub.Cli.Verbs;

namespace AdapterHub.Cli;

/// <summary>The verbs and the border of the process: parses, runs, and turns whatever comes back into an exit code.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        // Between programs: a worker starts its trainers so, and only the two of them need to know.
        if (arguments is [SelfStart.TrainerWord, _, ..])
            return TrainerPart.Run(arguments[1..]);
        var terminal = new Terminal();
        var root = CreateRoot(terminal, arguments);
        var parse = root.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false });
        if (parse.Errors.Count > 0 && parse.Action is ParseErrorAction or null)
            return RefuseArguments(terminal, parse);

        using var interruption = new Interruption(terminal);
        return await parse.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interruption.Token).ConfigureAwait(false);
    }

    public static RootCommand CreateRoot(Terminal terminal, string[] arguments)
    {
        var root = new RootCommand("Trains, blends and runs LoRA adapters on this machine.");
        Verb[] verbs =
        [
            new TrainVerb(arguments), new GenerateVerb(), new EvaluateVerb(), new BlendVerb(), new InspectVerb(),
            new PretrainVerb(arguments), new TrainTokenizerVerb(), new ServeVerb(), new EngineVerb(), new SearchVerb(), new PullVerb(), new PushVerb(),
            new LoginVerb(), new LogoutVerb(), new WhoamiVerb(),
            new RunsVerb(), new WorkerVerb(), new DoctorVerb(),
        ];
        foreach (var verb in verbs)
            root.Add(verb.ToCommand(terminal));
        root.Options.OfType<HelpOption>().Single().Action = new HelpPage(verbs);
        root.SetAction(parse => new HelpPage(verbs).Invoke(parse));
        return root;
    }

    private static int RefuseArguments(Terminal terminal, ParseResult parse)
    {
        var verb = parse.CommandResult.Command;
        foreach (var error in parse.Errors.Select(error => Reword(error.Message)).Distinct())
            terminal.WriteError(error);
        terminal.Error.WriteLine(verb is RootCommand ? "See `adapterhub --help`." : $"See `adapterhub {verb.Name} --help`.");
        return ExitCode.BadInput;
    }

    /// <summary>The parser says "Option '--base' is required."; the flag's name alone is enough.</summary>
    private static string Reword(string message) => Regex.Replace(message, "^Option '(?<flag>[^']+)' is required", "${flag} is required", RegexOptions.NonBacktracking);
}
