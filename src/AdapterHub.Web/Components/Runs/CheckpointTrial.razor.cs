using AdapterHub.Catalog;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Runs;
using AdapterHub.Protocol.Inference;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Components.Settings;
using AdapterHub.Web.Components.Shared;
using AdapterHub.Web.Inference;
using AdapterHub.Web.Runs;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>What the adapter of a checkpoint makes of a prompt, beside the base model.</summary>
public sealed partial class CheckpointTrial : ActingPage
{
    private const int Tokens = 80;
    private const string OfBase = "base", OfStep = "step";
    private static readonly TimeSpan DrawPace = TimeSpan.FromMilliseconds(100);
    private string? _prompt;
    private string _base = "", _step = "";
    private CancellationTokenSource? _writing;
    private bool _isWriting;

    [Parameter, EditorRequired] public RunDetail Detail { get; set; } = null!;

    [Parameter, EditorRequired] public int Step { get; set; }

    [Inject] internal LaneService Lanes { get; set; } = default!;

    [Inject] internal TimeProvider Clock { get; set; } = default!;

    protected override void OnInitialized() =>
        _prompt = RunLauncher.ReadSpec(Detail.SpecJson) is TrainSpec { Loop.Samples: [var first, ..] } ? first : "";

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _writing?.Dispose();
        base.Dispose(disposing);
    }

    private async Task WriteAsync()
    {
        (_base, _step, _isWriting, Fault) = ("", "", true, null);
        _writing?.Dispose();
        _writing = CancellationTokenSource.CreateLinkedTokenSource(Left);
        var throttle = new DrawThrottle(StateHasChanged, InvokeAsync, Clock, DrawPace, Left);
        try
        {
            await foreach (var happened in Lanes.GenerateAsync(await Actors.GetAsync(Left), Request(), _writing.Token))
            {
                Take(happened);
                throttle.Ask();
            }
        }
        catch (CatalogException fault)
        {
            Fault = fault.Message;
        }
        catch (Exception gone) when (gone is OperationCanceledException or ObjectDisposedException)
        {
            // Stopped, or the reader left.
        }

        _isWriting = false;
    }

    private LaneRequest Request() => new()
    {
        Base = Detail.Sources.First(source => source.Relation == LineageRelation.BaseModel).Reference,
        BaseRevision = Detail.Sources.First(source => source.Relation == LineageRelation.BaseModel).CommitId,
        Prompt = _prompt ?? "",
        Lanes = [new LaneSetup(OfBase), new LaneSetup(OfStep) { Adapters = [new LaneAdapter(new CheckpointName(Detail.Run.Id, Step).ToString())] }],
        Sampling = new LaneSampling { MaxTokens = Tokens, Seed = 1 },
    };

    private void Take(LaneEvent happened)
    {
        var (lane, text) = happened switch { LaneToken token => (token.Lane, token.Text), LaneEnded ended => (ended.Lane, ended.Text), _ => ("", "") };
        if (lane == OfBase)
            _base += text;
        else if (lane == OfStep)
            _step += text;
        if (happened is LanesFailed failed)
            Fault = failed.Message;
    }

    private Task StopAsync() => _writing?.CancelAsync() ?? Task.CompletedTask;
}
