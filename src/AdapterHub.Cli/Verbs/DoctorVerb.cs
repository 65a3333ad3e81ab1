using AdapterHub.Cli.Diagnosis;
using AdapterHub.Cli.Output;
using Spectre.Console;

namespace AdapterHub.Cli.Verbs;

/// <summary>Looks at the machine and says what to do about each problem. Exit code 1 where there is one.</summary>
internal sealed class DoctorVerb() : Verb("doctor", "looks at this machine: libtorch, BLAS speed, GPUs, memory, disk; says what to do about each problem")
{
    public override IReadOnlyList<FlagGroup> Groups => [];

    protected override Task<int> RunAsync(Invocation invocation)
    {
        var findings = new List<Finding>();
        foreach (var finding in MachineCheckup.Run().Concat(TorchCheckup.Run()))
        {
            findings.Add(finding);
            if (!invocation.IsJson)
                Show(invocation.Terminal, finding);
        }

        var problems = findings.Count(finding => finding.Verdict == Verdict.Problem);
        if (invocation.IsJson)
            invocation.WriteJson(new DoctorReport(problems == 0, findings));
        else
            invocation.Terminal.Out.WriteLine(problems switch { 0 => "Everything needed is here.", 1 => "1 problem.", _ => $"{problems} problems." });
        return Task.FromResult(problems == 0 ? ExitCode.Ok : ExitCode.InternalError);
    }

    private static void Show(Terminal terminal, Finding finding)
    {
        var mark = finding.Verdict switch { Verdict.Fine => "ok", Verdict.Note => "note", _ => "PROBLEM" };
        if (!terminal.IsRich)
        {
            terminal.Out.WriteLine($"{mark,-7}  {finding.Subject,-11}  {finding.State}");
            if (finding.Advice is not null)
                terminal.Out.WriteLine($"{"",-7}  {"",-11}  -> {finding.Advice}");
            return;
        }

        var colour = finding.Verdict switch { Verdict.Fine => "green", Verdict.Note => "yellow", _ => "red" };
        terminal.Rich.MarkupLine($"[{colour}]{mark,-7}[/]  [bold]{finding.Subject.EscapeMarkup(),-11}[/]  {finding.State.EscapeMarkup()}");
        if (finding.Advice is not null)
            terminal.Rich.MarkupLine($"{"",-7}  {"",-11}  [{colour}]{("-> " + finding.Advice).EscapeMarkup()}[/]");
    }
}

/// <summary>The doctor's report as JSON.</summary>
internal sealed record DoctorReport(bool Healthy, IReadOnlyList<Finding> Findings);
