using AdapterHub.Cli.Output;
using AdapterHub.Formats;
using AdapterHub.Formats.Inspection;

namespace AdapterHub.Cli.Inspection;

/// <summary>Which of an adapter's tensors belong to a base model.</summary>
/// <param name="Base">The base's folder.</param>
/// <param name="Bound">Modules that fit.</param>
/// <param name="Linears">Matrices of the base.</param>
/// <param name="Misfits">What does not fit, and why.</param>
internal sealed record BaseFit(string Base, int Bound, int Linears, IReadOnlyList<string> Misfits)
{
    public static BaseFit Of(string folder, LoraAdapter adapter)
    {
        var coverage = AdapterCoverage.Of(adapter, BaseTensorMap.Read(folder));
        return new BaseFit(folder, coverage.Bound.Count, coverage.Adaptable, [.. coverage.Misfits.Select(misfit => misfit.ToString())]);
    }

    public void Show(Terminal terminal)
    {
        terminal.Out.WriteLine($"coverage: {Bound} modules fit {Base}, which has {Linears} linear layers"
            + (Misfits.Count > 0 ? $"; {Misfits.Count} tensors do not fit:" : "; everything fits."));
        foreach (var misfit in Misfits)
            terminal.Out.WriteLine($"  {misfit}");
    }
}
