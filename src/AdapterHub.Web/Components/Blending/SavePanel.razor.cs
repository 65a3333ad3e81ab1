using System.Globalization;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Runs;
using AdapterHub.Formats.Blending;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Shared;
using AdapterHub.Web.Formatting;
using AdapterHub.Web.Runs;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Blending;

/// <summary>Makes the blend an adapter of the hub. What is not exact is measured first: the error is shown before anything is saved.</summary>
public sealed partial class SavePanel(RunLauncher launcher, OwnerDirectory directory, ActorAccessor actors, NavigationManager navigation) : DeedForm
{
    private IReadOnlyList<OwnerName> _owners = [];
    private string? _owner = "";
    private string? _name = "";
    private string? _about = "";
    private string? _license = "";
    private RepositoryVisibility _visibility = RepositoryVisibility.Private;

    /// <summary>Of the request, until another one is wished for: a second click starts nothing, however late it comes.</summary>
    private string _key = NewKey();

    private bool _isSaved;
    private bool _isSuggested;

    [Parameter, EditorRequired] public BlendPlan Plan { get; set; } = null!;

    [Parameter, EditorRequired] public IReadOnlyList<BlendAdapter> Adapters { get; set; } = [];

    [Parameter] public Actor? Actor { get; set; }

    [Parameter] public bool CanStart { get; set; }

    /// <summary>Null where it is not known yet.</summary>
    [Parameter] public BlendLoss? Loss { get; set; }

    /// <summary>It is being found out.</summary>
    [Parameter] public bool IsMeasuring { get; set; }

    [Parameter] public EventCallback Measure { get; set; }

    /// <summary>Told of the story of the run that saves when there is more of it.</summary>
    [Parameter] public EventCallback<BlendStory> Seen { get; set; }

    [Parameter] public EventCallback<BlendPlan> Changed { get; set; }

    private string LossWords => Plan.Adapters.Count == 0 ? "Choose adapters first."
        : Plan.IsLossless ? (Plan.Kind is BlendMethod.Exact or BlendMethod.TaskArithmetic ? "Exact: the weighted sum itself." : "All that the method makes, without loss.")
        : Loss switch
        {
            null => "This method approximates. What it loses is measured before it is saved.",
            { Error: 0 } => "Loses nothing: measured.",
            { IsCrossTerms: true } cross => $"Not the weighted sum: cross terms of {Display.Share(cross.Error)}.",
            var loss => $"Approximate: loses {Display.Share(loss.Error)} of the change.",
        };

    private IReadOnlyList<string> Licenses => [.. Adapters.Select(adapter => adapter.View?.License).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)];

    private string? LicenseHint => Licenses.Count > 1 ? $"The adapters have {string.Join(" and ", Licenses)}: choose one that all of them allow." : null;

    private string? Hidden => Adapters.FirstOrDefault(adapter => adapter.View?.Visibility == RepositoryVisibility.Private)?.Share.Name.ToString();

    protected override async Task OnInitializedAsync()
    {
        var actor = await actors.GetAsync();
        if (!actor.IsSignedIn)
            return;
        _owners = await directory.ListWritableAsync(actor, default);
        _owner = actor.Name;
    }

    protected override void OnParametersSet()
    {
        if (_isSaved && Plan.SaveRun is null)
            _key = NewKey();
        _isSaved = Plan.SaveRun is not null;
        if (_isSuggested || Adapters.Count < 2 || Adapters.Any(adapter => adapter.View is null))
            return;
        _isSuggested = true;
        _license = Licenses is [var only] && Adapters.All(adapter => adapter.View!.License is not null) ? only : "";
        if (string.IsNullOrEmpty(_name))
            _name = Adapters.Count == 2 ? $"{Adapters[0].Share.Name.Name}-{Adapters[1].Share.Name.Name}" : $"{Adapters[0].Share.Name.Name}-and-{Adapters.Count - 1}-more";
    }

    private async Task StartAsync()
    {
        StartedRun? started = null;
        var done = await TryAsync(async () =>
        {
            if (string.IsNullOrWhiteSpace(_name))
                throw new CatalogException(CatalogFault.Invalid, "Give it a name.");
            var target = RepositoryName.Of(_owner, _name.Trim());
            var spec = Plan.ToSpec() with { License = string.IsNullOrEmpty(_license) ? null : _license, Description = string.IsNullOrWhiteSpace(_about) ? null : _about.Trim() };
            started = await launcher.StartAsync(await actors.GetAsync(), new NewRun(spec) { Name = target.Name, Target = target, TargetVisibility = _visibility, Key = _key }, default);
        });
        if (!done)
        {
            // What was refused started nothing; asked again it may be another request.
            _key = NewKey();
            return;
        }

        await Changed.InvokeAsync(Plan with { SaveRun = started!.Run.Id });
    }

    private static string NewKey() => $"blend-{Guid.NewGuid():N}";

    private string Rebuild(string repository) =>
        $"adapterhub pull {repository} --hub {navigation.BaseUri.TrimEnd('/')}\nadapterhub blend --recipe {repository[(repository.IndexOf('/', StringComparison.Ordinal) + 1)..]}/blend.json \\\n    --out again --hub {navigation.BaseUri.TrimEnd('/')}";

    private static string Result(BlendFinished finished) => finished.IsExact ? "exact" : $"relative error {Display.Share(finished.RelativeError)}";

    private static string Proof(BlendProven proven) => string.Create(CultureInfo.InvariantCulture,
        $"differ by {Number(proven.LargestDifference)} at most{(proven.Tolerance is { } tolerance ? $" (tolerance {Number(tolerance)})" : "")}");

    private static string Number(double value) => value.ToString(value is > 0 and < 0.01 ? "0.0e-0" : "0.###", CultureInfo.InvariantCulture);
}
