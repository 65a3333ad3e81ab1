using System.Collections;
using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using AdapterHub.Cli.Verbs;

namespace AdapterHub.Cli.Output;

/// <summary>Help as a page of groups: every flag on a line of its own, with its default.</summary>
internal sealed class HelpPage(IReadOnlyList<Verb> verbs) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var output = parseResult.InvocationConfiguration.Output;
        var verb = verbs.FirstOrDefault(verb => verb.Name == parseResult.CommandResult.Command.Name);
        if (verb is null)
            WriteProgram(output);
        else
            WriteVerb(output, verb, parseResult.CommandResult.Command);
        return ExitCode.Ok;
    }

    private void WriteProgram(TextWriter output)
    {
        output.WriteLine("adapterhub: trains, blends and runs LoRA adapters on this machine.");
        output.WriteLine();
        output.WriteLine("Usage: adapterhub VERB [FLAGS]     adapterhub VERB --help explains a verb and its flags");
        output.WriteLine();
        WriteRows(output, verbs.Select(verb => (verb.Name, verb.Summary)));
        output.WriteLine();
        output.WriteLine("Flags");
        WriteRows(output, [("--help, -h, -?", "this page"), ("--version", "the program's version")]);
        output.WriteLine();
        output.WriteLine("Exit codes: 0 done, 1 a fault of the program or the machine, 2 a flag or a file is at fault, 3 interrupted.");
    }

    private static void WriteVerb(TextWriter output, Verb verb, Command command)
    {
        output.WriteLine($"adapterhub {verb.Name}: {verb.Summary}");
        output.WriteLine();
        output.WriteLine($"Usage: adapterhub {verb.Name} {Usage(command)}");
        if (verb.Arguments.Count > 0)
        {
            output.WriteLine();
            WriteRows(output, verb.Arguments.Select(argument => (argument.HelpName ?? argument.Name, argument.Description ?? "")));
        }

        foreach (var group in verb.Groups.Append(verb.CommonFlags))
        {
            output.WriteLine();
            output.WriteLine(group.Title);
            WriteRows(output, group.Flags.Select(flag => (Label(flag), Describe(flag))));
        }

        if (verb.Examples.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("Examples");
            foreach (var example in verb.Examples)
                output.WriteLine($"  {example}");
        }
    }

    private static string Usage(Command command) => string.Join(' ', command.Options.Where(option => option.Required).Select(Label)
        .Append("[FLAGS]")
        .Concat(command.Arguments.Select(argument => (argument.HelpName ?? argument.Name) + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : ""))));

    private static string Label(Option flag) => flag.ValueType == typeof(bool)
        ? flag.Name
        : $"{flag.Name} {flag.HelpName}{(flag.AllowMultipleArgumentsPerToken ? "..." : "")}";

    private static string Describe(Option flag)
    {
        var description = flag.Description ?? "";
        if (flag.Required)
            return $"{description} (required)";
        if (flag.ValueType == typeof(bool) || !flag.HasDefaultValue || flag.GetDefaultValue() is not { } value)
            return description;
        var text = value is IEnumerable many and not string
            ? string.Join(' ', many.Cast<object>())
            : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        return text.Length == 0 ? description : $"{description} (default: {text})";
    }

    private static void WriteRows(TextWriter output, IEnumerable<(string Name, string Text)> rows)
    {
        var list = rows.ToList();
        var width = Math.Min(list.Count == 0 ? 0 : list.Max(row => row.Name.Length), 34);
        foreach (var (name, text) in list)
            output.WriteLine($"  {name.PadRight(width)}  {text}");
    }
}
