using System.Collections.Immutable;

namespace AdapterHub.Formats.Blending;

/// <summary>
/// How the parents' changes become one. D_i = s_i B_i A_i is what parent i adds to a layer (for DoRA W'_i - W_0), w_i its weight there. The
/// methods that prune work on D_i itself, in full, never on its factors.
/// </summary>
public enum BlendMethod
{
    /// <summary>sum w_i D_i, the factors side by side: nothing is lost, the ranks add up.</summary>
    Exact,

    /// <summary>The best approximation of sum w_i D_i of a given rank (Eckart and Young, 1936), with the error it makes.</summary>
    LowRank,

    /// <summary>scale times sum w_i D_i (Ilharco et al. 2023), where a negative weight unlearns; exact, or of a given rank.</summary>
    TaskArithmetic,

    /// <summary>Each w_i D_i keeps its largest elements, each element elects a sign, and those of that sign are averaged (Yadav et al. 2023).</summary>
    Ties,

    /// <summary>Elements are dropped at random and the rest divided by the density (Yu et al. 2024), then added up.</summary>
    DareLinear,

    /// <summary>Elements are dropped at random as in <see cref="DareLinear"/>, then signs are elected as in <see cref="Ties"/>.</summary>
    DareTies,

    /// <summary>Each D_i keeps its largest elements; they are added up by weight.</summary>
    MagnitudePrune,

    /// <summary>Two parents: from the direction of D_1 to that of D_2 along the arc between them; the length is sum w_i |D_i|.</summary>
    Slerp,

    /// <summary>
    /// KnOTS (Stoica et al. 2024): [D_1 ... D_n] = U S [V_1 ... V_n] by one singular value decomposition, TIES on the V_i, which have a basis in
    /// common, and back.
    /// </summary>
    KnotsTies,

    /// <summary>
    /// What PEFT calls "linear": (sum sqrt|w_i s_i| B_i) (sum sign(w_i) sqrt|w_i s_i| A_i), which has cross terms B_i A_j that the weighted sum has
    /// not. For comparing with blends made elsewhere; the report says how far it is from the sum.
    /// </summary>
    PeftLinear,
}

/// <summary>How the sign of an element is elected.</summary>
public enum MajoritySign
{
    /// <summary>By the sum of the values.</summary>
    Total,

    /// <summary>By the number of parents; where both signs have as many, by the sum.</summary>
    Frequency,
}

/// <summary>What the methods are called in files and on the command line, and which settings each takes.</summary>
public static class BlendMethods
{
    private static readonly ImmutableArray<(BlendMethod Method, string Name)> Names =
    [
        (BlendMethod.Exact, "exact"),
        (BlendMethod.LowRank, "low_rank"),
        (BlendMethod.TaskArithmetic, "task_arithmetic"),
        (BlendMethod.Ties, "ties"),
        (BlendMethod.DareLinear, "dare_linear"),
        (BlendMethod.DareTies, "dare_ties"),
        (BlendMethod.MagnitudePrune, "magnitude_prune"),
        (BlendMethod.Slerp, "slerp"),
        (BlendMethod.KnotsTies, "knots_ties"),
        (BlendMethod.PeftLinear, "peft_linear"),
    ];

    /// <summary>All of them by their names, in the order of the enumeration.</summary>
    public static ImmutableArray<string> All { get; } = [.. Names.Select(entry => entry.Name)];

    public static string Name(this BlendMethod method) => Names.Single(entry => entry.Method == method).Name;

    /// <summary>Also with hyphens for underscores, as people type names.</summary>
    public static bool TryParse(string? name, out BlendMethod method)
    {
        var found = Names.Where(entry => string.Equals(entry.Name, name?.Replace('-', '_'), StringComparison.OrdinalIgnoreCase)).ToList();
        method = found.Count > 0 ? found[0].Method : default;
        return found.Count > 0;
    }

    /// <summary>Whether it has a <see cref="BlendRecipe.Density"/>.</summary>
    public static bool Prunes(this BlendMethod method) => method is BlendMethod.Ties or BlendMethod.DareLinear or BlendMethod.DareTies or BlendMethod.MagnitudePrune or BlendMethod.KnotsTies;

    /// <summary>Whether it has a <see cref="BlendRecipe.MajoritySign"/>.</summary>
    public static bool ElectsSigns(this BlendMethod method) => method is BlendMethod.Ties or BlendMethod.DareTies or BlendMethod.KnotsTies;

    /// <summary>Whether <see cref="BlendRecipe.Seed"/> decides its bytes.</summary>
    public static bool DrawsRandomNumbers(this BlendMethod method) => method is BlendMethod.DareLinear or BlendMethod.DareTies;

    /// <summary>Whether its result has full rank before it is cut to <see cref="BlendRecipe.Rank"/>.</summary>
    public static bool IsFullRank(this BlendMethod method) => method is BlendMethod.Ties or BlendMethod.DareLinear or BlendMethod.DareTies or BlendMethod.MagnitudePrune;

    /// <summary>Whether a rank can be asked for.</summary>
    public static bool TakesRank(this BlendMethod method) => method is not (BlendMethod.Exact or BlendMethod.PeftLinear);

    /// <summary>Whether it can take a parent whose change has full rank, as DoRA's has.</summary>
    public static bool TakesFullRankParents(this BlendMethod method) => method is not (BlendMethod.Exact or BlendMethod.KnotsTies or BlendMethod.PeftLinear);
}
