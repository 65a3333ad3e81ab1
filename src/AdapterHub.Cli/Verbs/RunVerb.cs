using AdapterHub.Cli.Output;
using AdapterHub.Protocol.Runs;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Verbs;

/// <summary>A verb that makes a run spec and has it executed on this machine, exactly as a worker would.</summary>
internal abstract class RunVerb(string name, string summary) : Verb(name, summary)
{
    protected abstract RunSpec ReadSpec(Invocation invocation);

    /// <summary>How to go on after an interruption; null where there is nothing to go on from.</summary>
    protected virtual string? ResumeCommand(RunInterrupted interrupted) => null;

    /// <summary>Brings to this machine what the spec names and does not have here.</summary>
    protected virtual Task<RunSpec> PrepareAsync(Invocation invocation, RunSpec spec) => Task.FromResult(spec);

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var spec = await PrepareAsync(invocation, SettingFlags.Checked(ReadSpec(invocation))).ConfigureAwait(false);
        var executor = new RunExecutor(BaseModels.OnThisMachine, TimeProvider.System);
        IRunView view = invocation.IsJson ? new JsonRunView(invocation)
            : invocation.Terminal.IsRich ? new LiveRunView(invocation.Terminal)
            : new PlainRunView(invocation.Terminal, TimeProvider.System);
        var last = view.Follow(report => executor.Execute(spec, report, invocation.Stop));
        if (last is not RunInterrupted interrupted)
            return ExitCode.Ok;
        invocation.Terminal.WriteError(interrupted.Checkpoint is { } checkpoint ? $"stopped after step {interrupted.Step}; a checkpoint is in {checkpoint}." : "stopped.");
        if (ResumeCommand(interrupted) is { } command)
            invocation.Terminal.Error.WriteLine($"Go on with:\n    {command}");
        return ExitCode.Interrupted;
    }
}
