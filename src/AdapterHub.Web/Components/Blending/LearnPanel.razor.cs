using System.Globalization;
using System.Text;
using AdapterHub.Catalog;
using AdapterHub.Formats.Blending;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Shared;
using AdapterHub.Web.Runs;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Blending;

/// <summary>Weights from examples: a run that learns them, its curve as it comes, and what they are worth on text that was kept back.</summary>
public sealed partial class LearnPanel(RunLauncher launcher, ActorAccessor actors) : DeedForm
{
    /// <summary>A message through the circuit is at most 64 KiB, and characters take up to four bytes.</summary>
    private const int LongestText = 15_000;

    /// <summary>Tokens of a row: pasted texts are short, and nobody wants to wait.</summary>
    private const int Sequence = 128;

    private string? _text = "";
    private string? _dataset = "";
    private int _steps = 20;
    private bool _isPasted = true;
    private bool _isByLayer;

    [Parameter, EditorRequired] public BlendPlan Plan { get; set; } = null!;

    [Parameter] public bool CanStart { get; set; }

    [Parameter] public EventCallback<BlendPlan> Changed { get; set; }

    private async Task StartAsync()
    {
        StartedRun? started = null;
        var done = await TryAsync(async () =>
        {
            var actor = await actors.GetAsync();
            var file = await ReferenceAsync(actor);
            var spec = Plan.ToSpec() with
            {
                Adapters = [.. Plan.Adapters.Select(share => new WeightedAdapter(share.Reference))],
                Method = BlendMethod.Exact.Name(), Rank = null, Density = null, Scale = 1,
                Learn = new WeightLearningSettings { Data = new TextSource { Files = [file], Split = _isPasted ? "paragraphs" : "file" }, Steps = Math.Clamp(_steps, 1, 1000), SequenceLength = Sequence, ByLayer = _isByLayer },
            };
            started = await launcher.StartAsync(actor, new NewRun(spec) { Name = Plan.Title("find weights of"), Key = $"learn-{Guid.NewGuid():N}" }, default);
        });
        if (done)
            await Changed.InvokeAsync(Plan with { LearnRun = started!.Run.Id });
    }

    private async Task<string> ReferenceAsync(Catalog.Accounts.Actor actor)
    {
        if (!_isPasted)
            return _dataset?.Trim() is { Length: > 0 } named ? named : throw new CatalogException(CatalogFault.Invalid, "Say which dataset: owner/name.");
        if (string.IsNullOrWhiteSpace(_text))
            throw new CatalogException(CatalogFault.Invalid, "Paste some text first.");
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(_text.ReplaceLineEndings("\n")));
        return (await launcher.ReceiveTextAsync(actor, "examples.txt", stream, default)).Reference;
    }

    private static List<(string Name, double Weight)> Weights(BlendStory story)
    {
        var names = story.Spec!.Adapters.Select(adapter => adapter.Path.Split('@', 2)[0]).ToList();
        var weights = story.Learned?.Weights ?? (story.Steps.Count > 0 ? story.Steps[^1].Weights : []);
        return [.. names.Zip(weights)];
    }

    /// <summary>The plan with the weights found; null where its adapters are others.</summary>
    private BlendPlan? Applied(BlendStory story, WeightsLearned learned)
    {
        if (!story.Spec!.Adapters.Select(adapter => adapter.Path).SequenceEqual(Plan.Adapters.Select(share => share.Reference)))
            return null;
        var shares = Plan.Adapters.Select((share, place) => share with
        {
            Weight = learned.Weights[place],
            Curve = null,
            Layers = Plan.Adapters[place].Layers.SequenceEqual(Layers(learned, place)) ? Plan.Adapters[place].Layers : Layers(learned, place),
        }).ToList();
        return shares.SequenceEqual(Plan.Adapters) ? Plan : Plan with { Adapters = shares };
    }

    private static List<LayerWeight> Layers(WeightsLearned learned, int place) => [.. learned.Layers.Select(layer => new LayerWeight(layer.Layer, layer.Weights[place]))];

    private static IEnumerable<(string Name, double Loss, bool IsLearned)> Rows(WeightsLearned learned, HeldOutLosses losses) =>
        learned.Adapters.Zip(losses.Adapters, (name, loss) => ($"{name} alone", loss, false))
            .Append(("these weights", losses.Learned, true)).Append(("equal weights", losses.Uniform, false)).Append(("base model alone", losses.Base, false)).OrderBy(row => row.Item2);

    private static string Verdict(HeldOutLosses losses) => losses.Learned <= losses.Uniform && losses.Learned <= losses.Adapters.Min() && losses.Learned <= losses.Base
        ? "The weights found are better than everything else here."
        : losses.Learned <= losses.Uniform ? "The weights found are better than equal ones, but not than everything else here." : "The weights found are no better than equal ones: more or other text may help.";

    private static string Width(double weight) => Math.Min(100, Math.Abs(weight) * 50).ToString("0.#", CultureInfo.InvariantCulture) + "%";

    private static string Figure(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
