using AdapterHub.Formats.Blending;

namespace AdapterHub.Web.Components.Blending;

/// <summary>What pages call the ways of blending, and a line about each.</summary>
internal static class MethodWords
{
    public static string Title(BlendMethod method) => method switch
    {
        BlendMethod.Exact => "Weighted sum, exact",
        BlendMethod.LowRank => "Best of a smaller rank",
        BlendMethod.TaskArithmetic => "Task arithmetic",
        BlendMethod.Ties => "TIES",
        BlendMethod.DareLinear => "DARE",
        BlendMethod.DareTies => "DARE with TIES",
        BlendMethod.MagnitudePrune => "Magnitude prune",
        BlendMethod.Slerp => "SLERP",
        BlendMethod.KnotsTies => "KnOTS with TIES",
        BlendMethod.PeftLinear => "PEFT linear",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, null),
    };

    public static string Help(BlendMethod method) => method switch
    {
        BlendMethod.Exact => "Every change times its weight, nothing lost. The ranks add up.",
        BlendMethod.LowRank => "The same sum squeezed into a rank that you choose, as close as any adapter of that rank can be.",
        BlendMethod.TaskArithmetic => "The sum times a scale. Negative weights unlearn.",
        BlendMethod.Ties => "Keeps each one's largest values and lets them vote on every sign, for adapters that contradict each other.",
        BlendMethod.DareLinear => "Drops values at random and makes up for them, so that many adapters get in each other's way less.",
        BlendMethod.DareTies => "Drops at random as DARE does, then votes on signs as TIES does.",
        BlendMethod.MagnitudePrune => "Keeps each one's largest values and adds them up.",
        BlendMethod.Slerp => "From one direction to the other along the arc between them. Two adapters, no negative weights.",
        BlendMethod.KnotsTies => "Brings the changes into common directions first, then does what TIES does. For adapters trained apart.",
        BlendMethod.PeftLinear => "What PEFT calls linear: it adds factors, which mixes in products nobody asked for. For comparing; the error of these is shown.",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, null),
    };
}
