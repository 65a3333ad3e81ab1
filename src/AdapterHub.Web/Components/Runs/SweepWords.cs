using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Runs;

namespace AdapterHub.Web.Components.Runs;

/// <summary>How a sweep stands, for its page and for the list.</summary>
internal static class SweepWords
{
    /// <summary>Steps taken of all that are planned; a run that has not begun counts as long as the others.</summary>
    public static double Share(SweepView sweep) => sweep.Runs.Average(one => one.Run.State == RunState.Succeeded ? 1 : RunWords.Share(one.Run) ?? 0);

    public static string Standing(SweepView sweep) =>
        string.Join(", ", sweep.Runs.GroupBy(one => one.Run.State).OrderBy(state => state.Key).Select(state => $"{state.Count()} {RunWords.State(state.Key)}"));

    public static int Unfinished(SweepView sweep) => sweep.Runs.Count(one => !RunStates.IsFinal(one.Run.State));

    /// <summary>Names of the settings that its runs differ in.</summary>
    public static IReadOnlyList<string> Settings(SweepView sweep) =>
        [.. sweep.Runs.SelectMany(one => one.Label.Split(", ")).Select(part => part.Split(' ')[0]).Distinct(StringComparer.Ordinal)];
}
