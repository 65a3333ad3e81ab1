using System.Collections.Immutable;
using System.Globalization;

namespace AdapterHub.Engine.Blending.Interference;

/// <summary>Puts the numbers in words: what is most likely to go wrong, and what to do.</summary>
internal static class InterferenceAdvice
{
    /// <summary>Cosines of adapters that were trained apart stay below this.</summary>
    private const double Related = 0.1;

    private const double Alike = 0.5;

    /// <summary>From this ratio of norms the weaker one is hardly heard at equal weights.</summary>
    private const double Drowned = 3;

    public static string Say(ImmutableArray<AdapterStrength> adapters, ImmutableArray<PairInterference> pairs)
    {
        if (pairs.IsEmpty)
            return "There is nothing that one adapter alone could interfere with.";
        var opposed = pairs.MinBy(pair => pair.Cosine)!;
        var alike = pairs.MaxBy(pair => pair.Cosine)!;
        if (opposed.Cosine < -Related)
            return $"{Names(opposed)} pull against each other (similarity {Number(opposed.Cosine)}): what one adds the other takes away, so lower one of the weights, give them different layers, or let ties elect a sign.";
        if (alike.Cosine > Alike)
            return $"{Names(alike)} do much the same (similarity {Number(alike.Cosine)}): their weights add up, so keep the two together near 1 or leave one out.";
        if (adapters.MinBy(adapter => adapter.Norm)! is { Norm: > 0 } weakest && adapters.MaxBy(adapter => adapter.Norm)! is var strongest && strongest.Norm / weakest.Norm > Drowned)
            return $"{strongest.Name} changes the base {Number(strongest.Norm / weakest.Norm)} times as strongly as {weakest.Name} at these weights: raise {weakest.Name} or lower {strongest.Name} if both are to be heard.";
        if (pairs.All(pair => pair.Modules.IsEmpty))
            return "The adapters change different modules and cannot get in each other's way there: blend them by weight, exactly.";
        return alike.Cosine > Related
            ? $"{Names(alike)} overlap somewhat (similarity {Number(alike.Cosine)}): a weighted sum works, with weights that add up to about 1 as a start."
            : $"The adapters change nearly unrelated directions (similarity {Number(alike.Cosine)} at most): a weighted sum keeps each of them, and weights may add up to more than 1.";

        string Names(PairInterference pair) => $"{adapters[pair.First].Name} and {adapters[pair.Second].Name}";
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) >= 10 ? "0" : "0.0", CultureInfo.InvariantCulture);
}
