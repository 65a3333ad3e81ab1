using AdapterHub.Protocol.Runs;

namespace AdapterHub.Web.Components.Runs;

/// <summary>Several values of a setting, as somebody types them.</summary>
/// <param name="Setting">Its short name.</param>
/// <param name="Name">For people.</param>
/// <param name="Example">Shown in the empty field.</param>
public sealed record SweepChoice(string Setting, string Name, string Example)
{
    /// <summary>Values divided by commas; names of modules that go together by plus signs.</summary>
    public string Text { get; set; } = "";

    public IReadOnlyList<string> Values => [.. Text.Split([',', ';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];
}

/// <summary>What the launch page's form tries several values of.</summary>
public sealed class SweepChoices
{
    public IReadOnlyList<SweepChoice> All { get; } =
    [
        new("rank", "Ranks", "8, 16, 32"), new("rate", "Learning rates", "1e-4, 3e-4, 1e-3"), new("targets", "Targets", "all-linear, q_proj+v_proj"),
        new("alpha", "Alphas", "16, 32"), new("epochs", "Readings", "1, 3"), new("dropout", "Dropouts", "0, 0.05"), new("seed", "Seeds", "1, 2, 3"),
    ];

    public bool IsEmpty => All.All(choice => choice.Values.Count == 0);

    /// <summary>What was typed as a plan; a setting with one value only replaces that of the form.</summary>
    public SweepPlan ToPlan() => new()
    {
        Grid = All.Where(choice => choice.Values.Count > 0).ToDictionary(choice => choice.Setting, choice => (IReadOnlyList<System.Text.Json.JsonElement>)[.. choice.Values.Select(SweepPlan.Value)], StringComparer.Ordinal),
    };
}
