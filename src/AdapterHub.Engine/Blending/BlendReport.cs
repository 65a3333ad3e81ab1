using System.Collections.Immutable;
using System.Globalization;
using AdapterHub.Formats;

namespace AdapterHub.Engine.Blending;

/// <summary>What became of one module.</summary>
public sealed record BlendedModule
{
    public required string Path { get; init; }

    /// <summary>The parents that change this module, by their places in the recipe.</summary>
    public required ImmutableArray<int> Parents { get; init; }

    /// <summary>r in the blend.</summary>
    public required int Rank { get; init; }

    /// <summary>R, the parents' ranks added up: what the exact form has.</summary>
    public required int StackedRank { get; init; }

    /// <summary>||blend - sum|| / ||sum|| in the Frobenius norm; 0 where nothing but the rounding of F32 is lost.</summary>
    public double RelativeError { get; init; }

    /// <summary>||sum||, the Frobenius norm of the exact weighted sum; null where nothing needed it.</summary>
    public double? Norm { get; init; }

    /// <summary>All singular values of the exact sum, descending; empty for an exact blend, which needs none.</summary>
    public ImmutableArray<double> SingularValues { get; init; } = [];

    public bool IsExact => RelativeError <= BlendReport.ExactTolerance;

    /// <summary>The relative error the best approximation of that rank makes: sqrt of the sum of the squares of the values beyond it.</summary>
    public double ErrorAt(int rank) => Norm is > 0 ? Tail(rank) / Norm.Value : 0;

    /// <summary>||sum - best of that rank||.</summary>
    internal double Tail(int rank)
    {
        var squares = 0.0;
        // From the smallest up, so that small ones are not lost beside large ones.
        for (var i = SingularValues.Length - 1; i >= rank; i--)
            squares += SingularValues[i] * SingularValues[i];
        return Math.Sqrt(squares);
    }
}

/// <summary>What a blend is: exact, or approximate with its error.</summary>
public sealed record BlendReport
{
    /// <summary>Errors up to here count as exact: rounding the factors to F32 makes as much.</summary>
    public const double ExactTolerance = 1e-6;

    /// <summary>In the order of the blend's modules.</summary>
    public required ImmutableArray<BlendedModule> Modules { get; init; }

    /// <summary>What a person should know although it is no reason to refuse, such as parents of different base models.</summary>
    public required ImmutableArray<string> Warnings { get; init; }

    /// <summary>Whether every module is.</summary>
    public bool IsExact => Modules.All(module => module.IsExact);

    /// <summary>The error of all modules as one: sqrt(sum ||blend - sum||^2) / sqrt(sum ||sum||^2).</summary>
    public double RelativeError => Overall(module => module.RelativeError * (module.Norm ?? 0));

    /// <summary>The module with the largest relative error.</summary>
    public BlendedModule Worst => Modules.MaxBy(module => module.RelativeError)!;

    /// <summary>The error of all modules as one if each were cut to that rank; for low-rank blends, whose singular values are known.</summary>
    public double ErrorAt(int rank) => Overall(module => module.Tail(rank));

    /// <summary>One line for a person.</summary>
    public override string ToString() => IsExact
        ? $"exact, {Modules.Length} modules, ranks {Modules.Min(module => module.Rank)} to {Modules.Max(module => module.Rank)}"
        : string.Create(CultureInfo.InvariantCulture,
            $"approximate, relative error {RelativeError:G3} over {Modules.Length} modules, at most {Worst.RelativeError:G3} ({Worst.Path})");

    private double Overall(Func<BlendedModule, double> error)
    {
        var whole = Modules.Sum(module => module.Norm * module.Norm ?? 0);
        return whole > 0 ? Math.Sqrt(Modules.Sum(module => error(module) * error(module)) / whole) : 0;
    }
}

/// <summary>A blend, or why there is none.</summary>
public abstract record BlendResult
{
    private BlendResult()
    {
    }

    /// <param name="Adapter">Every module's scale is 1.</param>
    /// <param name="Recipe">As given, with the digests of the files that were read.</param>
    /// <param name="Report">Exact or not, and from whom.</param>
    public sealed record Done(LoraAdapter Adapter, BlendRecipe Recipe, BlendReport Report) : BlendResult;

    /// <param name="Reasons">All of them, at least one.</param>
    public sealed record Refused(ImmutableArray<FormatFinding> Reasons) : BlendResult
    {
        public override string ToString() => string.Join('\n', Reasons);
    }
}
