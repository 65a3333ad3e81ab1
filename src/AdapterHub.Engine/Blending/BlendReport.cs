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

    /// <summary>R, the parents' ranks added up; for methods of full rank the smaller side of the layer.</summary>
    public required int StackedRank { get; init; }

    /// <summary>
    /// ||blend - M|| / ||M|| in the Frobenius norm, M being what the method makes in full (the weighted sum; for PEFT's linear, too, that is the
    /// measure); 0 where nothing but the rounding of F32 is lost.
    /// </summary>
    public double RelativeError { get; init; }

    /// <summary>||M||, the Frobenius norm; null where nothing needed it.</summary>
    public double? Norm { get; init; }

    /// <summary>All singular values of what the method makes, before it is cut to a rank, descending; empty where nothing needed them.</summary>
    public ImmutableArray<double> SingularValues { get; init; } = [];

    public bool IsExact => RelativeError <= BlendReport.ExactTolerance;

    /// <summary>The relative error the best approximation of that rank makes: sqrt of the sum of the squares of the values beyond it.</summary>
    public double ErrorAt(int rank) => Norm is > 0 ? Tail(rank) / Norm.Value : 0;

    /// <summary>How many singular values are not rounding of the largest.</summary>
    internal int NumericalRank => SingularValues.Count(value => value > 1e-7 * SingularValues[0]);

    /// <summary>||M - best of that rank||.</summary>
    internal double Tail(int rank) => Tail(SingularValues.AsSpan(), rank);

    /// <summary>The length of the singular values beyond a rank over that of all.</summary>
    internal static double RelativeTail(ReadOnlySpan<double> values, int rank) => Tail(values, 0) is > 0 and var norm ? Tail(values, rank) / norm : 0;

    internal static double Tail(ReadOnlySpan<double> values, int rank)
    {
        var squares = 0.0;
        // From the smallest up, so that small ones are not lost beside large ones.
        for (var i = values.Length - 1; i >= rank; i--)
            squares += values[i] * values[i];
        return Math.Sqrt(squares);
    }
}

/// <summary>The relative error of a blend cut to a rank.</summary>
public sealed record RankError(int Rank, double RelativeError);

/// <summary>What a blend is: exact, or approximate with its error.</summary>
public sealed record BlendReport
{
    /// <summary>Errors up to here count as exact: rounding the factors to F32 makes as much.</summary>
    public const double ExactTolerance = 1e-6;

    public BlendMethod Method { get; init; }

    /// <summary>In the order of the blend's modules.</summary>
    public required ImmutableArray<BlendedModule> Modules { get; init; }

    /// <summary>What a person should know although it is no reason to refuse, such as parents of different base models.</summary>
    public required ImmutableArray<string> Warnings { get; init; }

    /// <summary>Whether every module is.</summary>
    public bool IsExact => Modules.All(module => module.IsExact);

    /// <summary>The error of all modules as one: sqrt(sum ||blend - M||^2) / sqrt(sum ||M||^2).</summary>
    public double RelativeError => Overall(module => module.RelativeError * (module.Norm ?? 0));

    /// <summary>The module with the largest relative error.</summary>
    public BlendedModule Worst => Modules.MaxBy(module => module.RelativeError)!;

    /// <summary>The error of all modules as one if each were cut to that rank; where singular values are known.</summary>
    public double ErrorAt(int rank) => Overall(module => module.Tail(rank));

    /// <summary>
    /// What other ranks would lose: the error at 1, 2, 4 and so on up to the rank at which nothing is lost. Empty where singular values were not
    /// needed, as in an exact blend.
    /// </summary>
    public IReadOnlyList<RankError> ErrorCurve()
    {
        if (Modules.Any(module => module.SingularValues.IsDefaultOrEmpty))
            return [];
        var whole = Math.Max(1, Modules.Max(module => module.NumericalRank));
        var ranks = new SortedSet<int> { whole, Math.Clamp(Modules.Max(module => module.Rank), 1, whole) };
        for (var rank = 1; rank < whole; rank *= 2)
            ranks.Add(rank);
        return [.. ranks.Select(rank => new RankError(rank, ErrorAt(rank)))];
    }

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
