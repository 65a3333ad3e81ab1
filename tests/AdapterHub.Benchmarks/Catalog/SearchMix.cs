using System.Diagnostics;
using System.Globalization;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Search;

namespace AdapterHub.Benchmarks.Catalog;

/// <param name="Wall">Milliseconds until the answer.</param>
/// <param name="Processor">Milliseconds that the process computed meanwhile; on a busy machine much less.</param>
internal readonly record struct SearchTime(double Wall, double Processor);

/// <summary>Who answers the searches.</summary>
/// <param name="Search">Gives the cursor of the next page, null on the last.</param>
/// <param name="Suggest">Completes what is being typed.</param>
internal sealed record Searched(Func<Actor, SearchQuery, Task<string?>> Search, Func<Actor, string, Task> Suggest);

/// <summary>Searches as people make them: a text letter by letter, facets, orders, pages far behind; by visitors, members and an administrator.</summary>
internal sealed class SearchMix(int seed)
{
    private static readonly SearchSort[] Sorts =
        [SearchSort.Trending, SearchSort.Newest, SearchSort.Updated, SearchSort.Downloads, SearchSort.Likes, SearchSort.Size, SearchSort.Name];

    private readonly Random _random = new(seed);
    private readonly CatalogVocabulary _words = new(seed);

    internal async Task RunAsync(Searched searched, Dictionary<string, List<SearchTime>> times)
    {
        var actor = _random.Next(10) switch
        {
            0 => new Actor(null, "admin", true, ActorScope.Full),
            < 4 => new Actor(_random.Next(1, 6000), "member", false, ActorScope.Full),
            _ => Actor.Anonymous,
        };
        if (_random.Next(10) == 0)
        {
            var text = Prefix(_random.Next(1, 6));
            await TimeAsync(times, "suggestions", async () =>
            {
                await searched.Suggest(actor, text);
                return text;
            });
            return;
        }

        var (kind, query) = Next();
        var pages = kind == "deep page" ? 6 : 1;
        for (var page = 1; page <= pages; page++)
        {
            var next = await TimeAsync(page == pages ? times : [], kind, () => searched.Search(actor, query));
            if (next is null)
                return;
            query = query with { After = next };
        }
    }

    private static async Task<T> TimeAsync<T>(Dictionary<string, List<SearchTime>> times, string kind, Func<Task<T>> ask)
    {
        var worked = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        var answer = await ask();
        var time = new SearchTime(watch.Elapsed.TotalMilliseconds, (Environment.CpuUsage.TotalTime - worked).TotalMilliseconds);
        (times.TryGetValue(kind, out var taken) ? taken : times[kind] = []).Add(time);
        return answer;
    }

    private (string Kind, SearchQuery Query) Next() => _random.Next(10) switch
    {
        0 => ("first page", SearchQuery.Everything),
        1 => ("one or two letters", SearchQuery.Everything with { Text = Prefix(_random.Next(1, 3)) }),
        2 or 3 => ("prefix", SearchQuery.Everything with { Text = Prefix(_random.Next(3, 7)) }),
        4 or 5 => ("words", SearchQuery.Everything with { Text = $"{Topic()} {Prefix(_random.Next(2, 6))}" }),
        6 => ("facets", Facets(SearchQuery.Everything)),
        7 => ("words and facets", Facets(SearchQuery.Everything with { Text = Topic() })),
        8 => ("order", SearchQuery.Everything with { Sort = CatalogVocabulary.Pick(_random, Sorts) }),
        _ => ("deep page", SearchQuery.Everything with { Text = _random.Next(2) == 0 ? Topic() : null, Sort = CatalogVocabulary.Pick(_random, Sorts), Size = 100 }),
    };

    private string Topic() => CatalogVocabulary.Skewed(_random, CatalogVocabulary.Topics);

    private string Prefix(int letters)
    {
        var word = _random.Next(2) == 0 ? Topic() : CatalogVocabulary.Skewed(_random, _words.Words);
        return word[..Math.Min(letters, word.Length)];
    }

    private SearchQuery Facets(SearchQuery query) => _random.Next(4) switch
    {
        0 => query with { Bases = [CatalogVocabulary.Skewed(_random, _words.Bases), CatalogVocabulary.Skewed(_random, _words.Bases)] },
        1 => query with { Tags = [CatalogVocabulary.Skewed(_random, _words.Tags)], Methods = ["LoRA"] },
        2 => query with { Ranks = [new RankRange(8, 32)], Licenses = [CatalogVocabulary.Skewed(_random, CatalogVocabulary.Licenses), "mit"] },
        _ => query with { Owners = [CatalogVocabulary.Skewed(_random, _words.Owners)], Text = query.Text ?? _random.Next(9).ToString(CultureInfo.InvariantCulture) },
    };
}
