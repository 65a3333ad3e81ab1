using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Runs;

namespace AdapterHub.Web.Components.Runs;

/// <summary>Reads what a run's page begins with.</summary>
internal sealed class RunStories(RunReader reader, RunSummaries summaries)
{
    /// <summary>The story of a run up to the newest event that <paramref name="run"/> knows of, from which the page goes on.</summary>
    /// <param name="points">Of each curve, at most.</param>
    /// <param name="events">The newest, at most.</param>
    /// <param name="range">Steps whose curves are read finely; null takes all.</param>
    public async Task<RunStory> ReadAsync(Actor actor, RunView run, int points, int events, (int From, int To)? range, CancellationToken cancel)
    {
        var story = new RunStory();
        story.Load(await reader.ReadSeriesAsync(actor, run.Id, RunStory.Metrics, points, range?.From ?? 0, range?.To ?? int.MaxValue, cancel));
        foreach (var view in await summaries.ReadStoryAsync(actor, run.Id, events, cancel))
        {
            if (RunStory.Parse(view) is { } happened)
                story.Add(happened);
        }

        // The curves may hold later steps already; the story passes over what they hold.
        story.LastNumber = run.LastNumber;
        return story;
    }
}
