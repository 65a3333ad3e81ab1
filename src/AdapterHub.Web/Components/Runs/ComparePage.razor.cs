using AdapterHub.Catalog.Runs;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Runs;

/// <summary>Any number of runs beside each other. Which ones, and how they are drawn, stands in the address.</summary>
public sealed partial class ComparePage : ComparingPage
{
    private const string BestFirst = "best";
    private const int Offered = 10;
    private IReadOnlyList<long> _ids = [];
    private IReadOnlyList<RunView> _others = [];

    /// <summary>Numbers of runs, divided by commas.</summary>
    [SupplyParameterFromQuery] public string? Ids { get; set; }

    [Inject] internal RunReader Reader { get; set; } = default!;

    protected override async Task OnParametersSetAsync()
    {
        var ids = Numbers(Ids);
        if (_others.Count > 0 && ids.SequenceEqual(_ids))
            return;
        _ids = ids;
        var newest = await Reader.ListAsync(await Actors.GetAsync(Left), new RunQuery { Take = Offered + ids.Count }, Left);
        _others = [.. newest.Runs.Where(run => !ids.Contains(run.Id)).Take(Offered)];
    }

    private Task SortAsync() => Go("sort", Sort == BestFirst ? null : BestFirst);

    private Task DropAsync(long id)
    {
        Address.Set("ids", string.Join(',', Numbers(Address.Find("ids")).Where(other => other != id)) is { Length: > 0 } rest ? rest : null);
        return Task.CompletedTask;
    }
}
