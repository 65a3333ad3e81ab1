using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Runs;
using AdapterHub.Formats.Blending;
using AdapterHub.Protocol.Runs;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Shared;
using AdapterHub.Web.Inference;
using AdapterHub.Web.Runs;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace AdapterHub.Web.Components.Blending;

/// <summary>
/// Where adapters are blended. Everything chosen stands in the address, the runs whose results are shown too, so a link shows to another person, or after
/// a break, what was there. What cannot be blended is said before anything starts.
/// </summary>
public sealed partial class BlendPage(RunLauncher launcher, BlendPlanner planner, RepositoryCatalog repositories, ModelFactsReader facts, ActorAccessor actors, NavigationManager navigation, PageAddress address) : DeedForm, IDisposable
{
    private const int MostProblems = 6;
    private readonly CancellationTokenSource _gone = new();
    private BlendPlan _plan = new();
    private IReadOnlyList<BlendAdapter> _adapters = [];
    private IReadOnlyList<string> _problems = [];
    private BlendStory? _check;
    private BlendStory? _save;
    private BlendLoss? _loss;
    private Actor? _actor;
    private string? _shownAddress;
    private string? _fault;
    private bool _needsSaved;

    /// <summary>Of the base model; null where it is not known.</summary>
    private int? _layers;

    private int LargestRank => _adapters.Select(adapter => adapter.View?.Rank ?? 0).DefaultIfEmpty().Max();

    private bool CanRun => _actor is { IsSignedIn: true } && _adapters.Count > 0 && _adapters.All(adapter => adapter.View is not null) && _problems.Count == 0 && !IsBusy;

    private bool CanLearn => _actor is { IsSignedIn: true } && _adapters.Count > 1 && _plan.Base is not null && _adapters.All(adapter => adapter.View is not null);

    public void Dispose()
    {
        navigation.LocationChanged -= Follow;
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        navigation.LocationChanged += Follow;
        await ShowAsync();
    }

    private void Follow(object? sender, LocationChangedEventArgs change)
    {
        if (string.Equals(new Uri(address.Current).AbsolutePath, BlendPlan.Path, StringComparison.Ordinal))
            _ = InvokeAsync(ShowAsync);
    }

    private async Task ShowAsync()
    {
        var wanted = address.Current;
        if (string.Equals(wanted, _shownAddress, StringComparison.Ordinal))
            return;
        _shownAddress = wanted;
        var plan = BlendPlan.Parse(new Uri(wanted).Query);
        if (plan.CheckRun != _plan.CheckRun)
            _check = null;
        // The base is filled in below; until then that of the plan before stays, so that nothing flickers.
        _plan = plan with { Base = plan.Base ?? (plan.Adapters.Count > 0 ? _plan.Base : null) };
        _adapters = [.. plan.Adapters.Select(Known)];
        await LoadAsync(wanted);
    }

    private async Task LoadAsync(string wanted)
    {
        try
        {
            var actor = await actors.GetAsync(_gone.Token);
            var adapters = new List<BlendAdapter>();
            foreach (var share in _plan.Adapters)
                adapters.Add(await FindAsync(actor, share));
            var plan = _plan with
            {
                Base = BlendPlan.Parse(new Uri(wanted).Query).Base ?? adapters.Select(adapter => adapter.View?.BaseRepository).FirstOrDefault(found => found is not null)?.ToString(),
                HasFullRankParents = adapters.Any(adapter => adapter.View?.Method?.Contains("DoRA", StringComparison.Ordinal) == true),
            };
            var problems = await FindProblemsAsync(actor, plan, adapters);
            var layers = plan.Base is { } named ? (await facts.FindAsync(actor, named, _gone.Token))?.Layers : null;
            // Another address may have come meanwhile.
            if (!string.Equals(wanted, _shownAddress, StringComparison.Ordinal))
                return;
            (_actor, _adapters, _plan, _layers, _fault) = (actor, adapters, plan, layers, null);
            _needsSaved = plan.SavedFrom is not null || problems.Any(problem => problem.Contains("whole tensors", StringComparison.Ordinal));
            _problems = problems;
            Compare();
        }
        catch (CatalogException refusal)
        {
            _fault = refusal.Message;
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            return;
        }

        StateHasChanged();
    }

    /// <summary>Names and weights stand in the address: they are drawn before the catalogue is asked.</summary>
    private BlendAdapter Known(BlendShare share) =>
        _adapters.FirstOrDefault(adapter => adapter.Share.Reference == share.Reference && adapter.View is not null) is { } known ? known with { Share = share } : new BlendAdapter(share, null, null);

    private async Task<BlendAdapter> FindAsync(Actor actor, BlendShare share) =>
        Known(share) is { View: not null } known ? known : await BlendAdapter.FindAsync(repositories, actor, share, _gone.Token);

    private async Task<IReadOnlyList<string>> FindProblemsAsync(Actor actor, BlendPlan plan, List<BlendAdapter> adapters)
    {
        if (adapters.Count == 0 || adapters.Any(adapter => adapter.View is null))
            return [.. adapters.Select(adapter => adapter.Fault).OfType<string>()];
        var spec = plan.ToSpec();
        List<string> problems = [.. RunSpecRules.Check(spec with { Output = "output" }).Select(finding => $"{finding.Setting} {finding.Problem}.")];
        if (problems.Count > 0)
            return problems;
        try
        {
            return await planner.FindProblemsAsync(actor, spec, _gone.Token);
        }
        catch (CatalogException refusal)
        {
            return [refusal.Message];
        }
    }

    private void Compare() => _loss = BlendLoss.Find(_plan, LargestRank, _check);

    private void See(BlendStory story)
    {
        _check = story;
        Compare();
    }

    private bool IsMeasuring => _check is { IsOver: false } check && BlendLoss.IsOf(_plan, LargestRank, check);

    private Task ChooseRankAsync(int rank) => GoAsync(_plan with
    {
        Rank = rank,
        Method = _plan.Kind.TakesRank() ? _plan.Method : BlendMethod.LowRank.Name(),
    });

    private async Task CheckAsync()
    {
        StartedRun? started = null;
        if (await TryAsync(async () => started = await launcher.StartAsync(
            await actors.GetAsync(), new NewRun(_plan.ToCheckSpec(LargestRank)) { Name = _plan.Title("compare"), Key = $"check-{Guid.NewGuid():N}" }, _gone.Token)))
            await GoAsync(_plan with { CheckRun = started!.Run.Id });
    }

    /// <summary>Every change goes through the address. What was saved is shown until something else is planned.</summary>
    private Task GoAsync(BlendPlan plan)
    {
        if (plan.SaveRun == _plan.SaveRun && _save is { IsOver: true } && (plan with { CheckRun = _plan.CheckRun, LearnRun = _plan.LearnRun }) != _plan)
            plan = plan with { SaveRun = null };
        address.Go(plan.ToAddress(), replace: true);
        return ShowAsync();
    }
}
