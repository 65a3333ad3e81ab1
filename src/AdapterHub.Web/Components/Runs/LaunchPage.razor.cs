using System.Text;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Runs;
using AdapterHub.Catalog.Search;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Components.Settings;
using AdapterHub.Web.Runs;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace AdapterHub.Web.Components.Runs;

/// <summary>Starts a training run: base model, text, settings, name. The form has one key, so a second click starts nothing.</summary>
public sealed partial class LaunchPage : ActingPage
{
    private const int LongestPaste = 30_000;
    private const long LargestFile = 100_000_000;
    private const int ShownRows = 5;
    private static readonly string[] TextEndings = [".txt", ".jsonl", ".csv"];

    private readonly LaunchSettings _settings = new();
    private readonly string _key = $"launch-{Guid.NewGuid():N}";
    private IReadOnlyList<string> _bases = [], _datasets = [], _rows = [];
    private IReadOnlyList<OwnerName> _owners = [];
    private RunForecast? _forecast;
    private TextOrigin _source;
    private RepositoryVisibility _visibility = RepositoryVisibility.Private;
    private string _base = "", _data = "", _owner = "", _workers = "", _basis = "";
    private string? _name, _pasted, _reference;
    private long _bytes;
    private bool _isLive;

    [SupplyParameterFromQuery(Name = "base")] public string? AskedBase { get; set; }

    [SupplyParameterFromQuery(Name = "data")] public string? AskedData { get; set; }

    [Inject] internal SearchService Search { get; set; } = default!;

    [Inject] internal RevisionReader Revisions { get; set; } = default!;

    [Inject] internal RevisionInspections Inspections { get; set; } = default!;

    [Inject] internal OwnerDirectory Directory { get; set; } = default!;

    [Inject] internal RunLauncher Launcher { get; set; } = default!;

    [Inject] internal RunReader Reader { get; set; } = default!;

    [Inject] internal WorkerRegistry Workers { get; set; } = default!;

    [Inject] internal NavigationManager Navigation { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        var actor = await Actors.GetAsync(Left);
        _owners = await Directory.ListWritableAsync(actor, Left);
        _owner = actor.Name;
        _bases = await ListAsync(actor, RepositoryKind.BaseModel);
        _datasets = await ListAsync(actor, RepositoryKind.Dataset);
        _base = AskedBase is not null && _bases.Contains(AskedBase) ? AskedBase : _bases.Count > 0 ? _bases[0] : "";
        if (AskedData is not null && _datasets.Contains(AskedData))
        {
            _data = AskedData;
            await ReadDatasetAsync();
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _isLive = true;
        StateHasChanged();
    }

    private async Task<IReadOnlyList<string>> ListAsync(Actor actor, RepositoryKind kind) =>
        [.. (await Search.SearchAsync(actor, new SearchQuery { Kinds = [kind], Sort = SearchSort.Name }, Left)).Items.Select(item => item.FullName)];

    private Task UseAsync(string preset)
    {
        _settings.Use(preset);
        return ForecastAsync();
    }

    private async Task ChooseAsync(TextOrigin source)
    {
        (_source, _reference, _rows, _bytes) = (source, null, [], 0);
        if (source == TextOrigin.Catalogue)
            await ReadDatasetAsync();
        else if (source == TextOrigin.Pasted)
            await ReadPastedAsync();
        await ForecastAsync();
    }

    private Task ReadDatasetAsync() => TryAsync(async actor =>
    {
        (_reference, _rows, _bytes) = (null, [], 0);
        if (_data.Length > 0)
        {
            var revision = await Revisions.GetRevisionAsync(actor, RepositoryName.Parse(_data), null, Left);
            var texts = revision.Files.Where(file => TextEndings.Contains(Path.GetExtension(file.Path), StringComparer.OrdinalIgnoreCase)).ToList();
            // Where a part is set aside for a test, what is learnt from is the training file.
            var training = texts.Find(file => Path.GetFileNameWithoutExtension(file.Path).Equals("train", StringComparison.OrdinalIgnoreCase));
            _reference = training is null ? _data : $"{_data}:{training.Path}";
            _bytes = training?.Length ?? texts.Sum(file => file.Length);
            var look = await Inspections.GetDatasetPreviewAsync(actor, RepositoryName.Parse(_data), revision.Commit.Id, training?.Path ?? texts.FirstOrDefault()?.Path, ShownRows);
            _rows = [.. look.Preview?.Rows.Select(row => string.Join(" | ", row)) ?? []];
        }

        await ForecastAsync();
    });

    private async Task ReadPastedAsync()
    {
        var text = _pasted ?? "";
        _bytes = Encoding.UTF8.GetByteCount(text);
        _rows = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(ShownRows)];
        _settings.Split = "paragraphs";
        await ForecastAsync();
    }

    private Task ReceiveAsync(InputFileChangeEventArgs chosen) => TryAsync(async actor =>
    {
        var file = chosen.File;
        if (file.Size > LargestFile)
            throw new CatalogException(CatalogFault.Invalid, $"{file.Name} is larger than 100 MB. Publish it as a dataset, which takes files of any size.");
        using var kept = new MemoryStream();
        await using (var source = file.OpenReadStream(LargestFile, Left))
            await source.CopyToAsync(kept, Left);
        kept.Position = 0;
        _reference = (await Launcher.ReceiveTextAsync(actor, file.Name.Replace(' ', '-'), kept, Left)).Reference;
        _bytes = kept.Length;
        _rows = [.. Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)Math.Min(kept.Length, 8192)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(ShownRows)];
        await ForecastAsync();
    });

    /// <summary>The speed is that of the newest runs on the same base that are done; without one no time is told.</summary>
    private async Task ForecastAsync()
    {
        if (_bytes == 0 || _base.Length == 0)
        {
            _forecast = null;
            return;
        }

        var actor = await Actors.GetAsync(Left);
        var before = (await Reader.ListAsync(actor, new RunQuery { Base = _base, Kind = RunKind.Train, States = [RunState.Succeeded], Take = 5 }, Left)).Runs.Where(run => run.TokensPerSecond is > 0).ToList();
        double? speed = before.Count > 0 ? before.Average(run => run.TokensPerSecond!.Value) : null;
        _forecast = RunForecast.Of(_settings.ToSpec(_base, "text"), _bytes, speed);
        _basis = speed is { } known ? $"Time from {known:0} tokens a second, the mean of the last {before.Count} runs on this base that you can see; steps from the estimated tokens."
            : "No run on this base is done yet, so there is no speed to tell the time from. Steps come from the estimated tokens.";
        var workers = await Workers.ListAsync(actor, Left);
        _workers = workers.Count == 0 ? "none yet: it waits" : string.Join(", ", workers.Take(3).Select(worker => $"{worker.Name} ({worker.Device ?? "not seen yet"})"));
    }

    private Task StartAsync() => TryAsync(async actor =>
    {
        if (string.IsNullOrWhiteSpace(_name))
            throw new CatalogException(CatalogFault.Invalid, "Give the adapter a name.");
        if (_source == TextOrigin.Pasted && !string.IsNullOrWhiteSpace(_pasted))
        {
            using var text = new MemoryStream(Encoding.UTF8.GetBytes(_pasted.ReplaceLineEndings("\n")));
            _reference = (await Launcher.ReceiveTextAsync(actor, "pasted.txt", text, Left)).Reference;
        }

        var target = RepositoryName.Of(_owner, _name.Trim());
        var spec = _settings.ToSpec(_base, _reference ?? throw new CatalogException(CatalogFault.Invalid, "Choose a text to learn from."));
        var started = await Launcher.StartAsync(actor, new NewRun(spec) { Name = target.Name, Target = target, TargetVisibility = _visibility, Key = _key }, Left);
        Navigation.NavigateTo(Addresses.Run(started.Run.Id));
    });
}
