using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Search;
using AdapterHub.Protocol;
using AdapterHub.Protocol.Inference;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Components.Settings;
using AdapterHub.Web.Components.Shared;
using AdapterHub.Web.Runs;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.JSInterop;

namespace AdapterHub.Web.Components.Runs;

/// <summary>Starts a training run: base model, text, settings, name. What the form asks for decides its key, so a second click starts nothing and a change is a run of its own.</summary>
public sealed partial class LaunchPage : ActingPage
{
    private const int LongestPaste = 30_000;
    private const long LargestFile = 100_000_000;
    private const int ShownRows = 5;
    private static readonly string[] TextEndings = [".txt", ".jsonl", ".csv"];

    private readonly LaunchSettings _settings = new();
    private readonly SweepChoices _choices = new();
    private readonly string _form = Guid.NewGuid().ToString("N");
    private IReadOnlyList<string> _rows = [];
    private IReadOnlyList<OwnerName> _owners = [];
    private RunOutlook? _outlook;
    private TextMeasured? _measured;
    private TextOrigin _source;
    private RepositoryVisibility _visibility = RepositoryVisibility.Private;
    private CancellationTokenSource? _counting;
    private string _base = "", _data = "", _owner = "", _measuredKey = "";
    private string? _name, _pasted, _reference, _unreadable;
    private long _bytes;
    private bool _isLive, _isCounting, _isStarted;

    [SupplyParameterFromQuery(Name = "base")] public string? AskedBase { get; set; }

    [SupplyParameterFromQuery(Name = "data")] public string? AskedData { get; set; }

    [Inject] internal SearchService Search { get; set; } = default!;

    [Inject] internal RepositoryCatalog Repositories { get; set; } = default!;

    [Inject] internal RevisionReader Revisions { get; set; } = default!;

    [Inject] internal RevisionInspections Inspections { get; set; } = default!;

    [Inject] internal OwnerDirectory Directory { get; set; } = default!;

    [Inject] internal RunLauncher Launcher { get; set; } = default!;

    [Inject] internal SweepLauncher Sweeps { get; set; } = default!;

    [Inject] internal RunForecaster Forecaster { get; set; } = default!;

    [Inject] internal PageAddress Address { get; set; } = default!;

    [Inject] internal TimeProvider Clock { get; set; } = default!;

    /// <summary>As the spec names it; what is pasted has no name before it is sent.</summary>
    private string TextName => _source == TextOrigin.Pasted ? "pasted" : _reference ?? "";

    protected override async Task OnInitializedAsync()
    {
        await TryReadAsync(InitializeAsync);
        _isLive = RendererInfo.IsInteractive;
        if (_isLive)
            _ = CountAsync();
    }

    private async Task InitializeAsync(Actor actor)
    {
        _owners = await Directory.ListWritableAsync(actor, Left);
        _owner = actor.Name;
        _base = await FindAsync(actor, AskedBase, RepositoryKind.BaseModel)
            ?? ((await Search.SearchAsync(actor, new SearchQuery { Kinds = [RepositoryKind.BaseModel], Size = 1 }, Left)).Items is [var first, ..] ? first.FullName : "");
        _data = await FindAsync(actor, AskedData, RepositoryKind.Dataset) ?? "";
        if (_data.Length > 0)
            await ReadDatasetAsync(actor);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _counting?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>What was asked for in the address, if it is there for the reader.</summary>
    private async Task<string?> FindAsync(Actor actor, string? asked, RepositoryKind kind)
    {
        if (!RepositoryName.TryParse(asked ?? "", out var name))
            return null;
        try
        {
            return await Repositories.GetAsync(actor, name, Left) is { DeletedAt: null } found && found.Kind == kind ? found.Name.ToString() : null;
        }
        catch (CatalogException)
        {
            return null;
        }
    }

    private Task UseAsync(string preset)
    {
        _settings.Use(preset);
        return ForecastAsync();
    }

    private Task ChooseBaseAsync(string name)
    {
        _base = name;
        Note("base", name);
        return ForecastAsync();
    }

    private async Task ChooseDataAsync(string name)
    {
        _data = name;
        Note("data", name);
        await ReadDatasetAsync();
        if (_evaluates)
            await ReadEvaluationAsync();
    }

    /// <summary>What is chosen stands in the address, so that the page can be loaded again or handed on.</summary>
    private void Note(string name, string? value) => Address.Set(name, value, replace: true);

    private async Task ChooseAsync(TextOrigin source)
    {
        (_source, _reference, _rows, _bytes, _unreadable) = (source, null, [], 0, null);
        if (source == TextOrigin.Catalogue)
            await ReadDatasetAsync();
        else if (source == TextOrigin.Pasted)
            await ReadPastedAsync();
        else
            await ForecastAsync();
    }

    private Task ReadDatasetAsync() => TryReadAsync(ReadDatasetAsync);

    private async Task ReadDatasetAsync(Actor actor)
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
    }

    private async Task ReadPastedAsync()
    {
        var text = _pasted ?? "";
        _bytes = Encoding.UTF8.GetByteCount(text);
        _rows = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(ShownRows)];
        _settings.Split = "paragraphs";
        await ForecastAsync();
    }

    private Task ReceiveAsync(InputFileChangeEventArgs chosen) => TryReadAsync(async actor =>
    {
        var file = chosen.File;
        if (file.Size > LargestFile)
            throw new CatalogException(CatalogFault.Invalid, $"{file.Name} is larger than 100 MB. Publish it as a dataset, which takes files of any size.");
        using var kept = new MemoryStream();
        try
        {
            await using var source = file.OpenReadStream(LargestFile, Left);
            await source.CopyToAsync(kept, Left);
        }
        catch (Exception broken) when (broken is JSException or IOException)
        {
            throw new CatalogException(CatalogFault.Invalid, $"{file.Name} could not be read to its end: it changed, or another file was chosen meanwhile. Choose it again.");
        }

        kept.Position = 0;
        _reference = (await Launcher.ReceiveTextAsync(actor, file.Name.Replace(' ', '-'), kept, Left)).Reference;
        _bytes = kept.Length;
        _rows = [.. Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)Math.Min(kept.Length, 8192)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(ShownRows)];
        await ForecastAsync();
    });

    /// <summary>Clicks that come while the page is being left do nothing: they would lead away twice.</summary>
    private Task StartAsync() => _isStarted ? Task.CompletedTask : TryAsync(async actor =>
    {
        await WhenReadAsync();
        if (string.IsNullOrWhiteSpace(_name))
            throw new CatalogException(CatalogFault.Invalid, "Give the adapter a name.");
        if (_source == TextOrigin.Pasted && !string.IsNullOrWhiteSpace(_pasted))
        {
            using var text = new MemoryStream(Encoding.UTF8.GetBytes(_pasted.ReplaceLineEndings("\n")));
            _reference = (await Launcher.ReceiveTextAsync(actor, "pasted.txt", text, Left)).Reference;
        }

        var target = RepositoryName.Of(_owner, _name.Trim());
        var spec = _settings.ToSpec(_base, _reference ?? throw new CatalogException(CatalogFault.Invalid, "Choose a text to learn from."));
        if (!_choices.IsEmpty)
        {
            await StartSweepAsync(actor, spec, target);
            return;
        }

        var started = await Launcher.StartAsync(actor, new NewRun(spec)
        {
            Name = target.Name, Target = target, TargetVisibility = _visibility, Evaluation = EvaluationFiles, Key = KeyOf(spec, target, string.Join('|', EvaluationFiles)),
        }, Left);
        _isStarted = true;
        Address.Go(Addresses.Run(started.Run.Id));
    });

    /// <summary>The same form asking for the same has the same key; another page or another wish has another.</summary>
    private string KeyOf(RunSpec spec, RepositoryName target, string plan)
    {
        var wish = $"{JsonSerializer.Serialize(spec, ProtocolJson.Default.RunSpec)}\n{target}\n{_visibility}\n{plan}";
        return $"launch-{_form}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(wish)))[..16]}";
    }
}
