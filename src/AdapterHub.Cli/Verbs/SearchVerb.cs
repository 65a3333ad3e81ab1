using System.CommandLine;
using System.Globalization;
using AdapterHub.Cli.Output;
using AdapterHub.Protocol.Hub;

namespace AdapterHub.Cli.Verbs;

/// <summary>The catalogue's search on the command line.</summary>
internal sealed class SearchVerb() : HubVerb("search", "finds adapters, base models and datasets on a hub")
{
    private const int MostOnAPage = 100;

    private readonly Argument<string[]> _text = new("text") { HelpName = "TEXT", Description = "words to look for; the last one may be begun only", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string[]> _base = Flag.Many("--base", "NAME", "adapters of this base model; may be repeated");
    private readonly Option<string[]> _kind = Flag.Many("--kind", "adapter|base-model|dataset", "of this kind; may be repeated");
    private readonly Option<string[]> _method = Flag.Many("--method", "NAME", "such as LoRA; may be repeated");
    private readonly Option<string[]> _rank = Flag.Many("--rank", "N|A..B", "of this rank, such as 16 or 8..32; may be repeated");
    private readonly Option<string[]> _tag = Flag.Many("--tag", "TAG", "with this tag; may be repeated, all must be there");
    private readonly Option<string[]> _task = Flag.Many("--task", "TASK", "for this task; may be repeated");
    private readonly Option<string[]> _license = Flag.Many("--license", "SPDX", "under this licence; may be repeated");
    private readonly Option<string[]> _owner = Flag.Many("--owner", "NAME", "of this person or organisation; may be repeated");
    private readonly Option<string> _sort = Flag.Choice("--sort", "order; relevance without words is trending", "relevance", "relevance", "trending", "newest", "updated", "downloads", "likes", "size", "name");
    private readonly Option<int> _limit = Flag.Number("--limit", "N", "results, at most", 20);

    public override IReadOnlyList<Argument> Arguments => [_text];

    public override IReadOnlyList<FlagGroup> Groups =>
        [new("Narrow", [_base, _kind, _method, _rank, _tag, _task, _license, _owner]), new("Results", [_sort, _limit]), HubFlags];

    public override IReadOnlyList<string> Examples => ["adapterhub search bible", "adapterhub search --base inkwell --sort likes --json"];

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var limit = invocation.Get(_limit);
        if (limit < 1)
            throw new Worker.RunInputException($"--limit must be at least 1; it is {limit}.");
        using var client = Connect(invocation);
        var items = new List<HubSearchItem>();
        HubSearchPage page;
        string? after = null;
        do
        {
            page = await client.SearchAsync(Query(invocation, Math.Min(limit - items.Count, MostOnAPage), after), invocation.Stop).ConfigureAwait(false);
            items.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null && items.Count < limit);
        if (invocation.IsJson)
            items.ForEach(item => invocation.WriteJson(item));
        else
            Show(invocation.Terminal, items, page.Total);
        return ExitCode.Ok;
    }

    private static void Show(Terminal terminal, List<HubSearchItem> items, int total)
    {
        if (items.Count == 0)
        {
            terminal.Out.WriteLine("Nothing was found.");
            return;
        }

        terminal.WriteTable(["name", "kind", "base", "rank", "size", "downloads", "likes", "summary"], [.. items.Select(item => (IReadOnlyList<string>)
        [
            item.Name, item.Kind switch { HubRepositoryKind.Adapter => "adapter", HubRepositoryKind.BaseModel => "base model", _ => "dataset" },
            item.BaseRepository ?? item.BaseModel ?? "", item.Rank?.ToString(CultureInfo.InvariantCulture) ?? "", Words.Bytes(item.Bytes),
            Words.Count(item.Downloads), Words.Count(item.Likes), Cut(item.Summary.Length > 0 ? item.Summary : item.Title),
        ])]);
        terminal.Out.WriteLine(total > items.Count ? $"{Words.Count(items.Count)} of {Words.Count(total)}; --limit shows more." : total == 1 ? "1 result." : $"{Words.Count(total)} results.");
    }

    private string Query(Invocation invocation, int size, string? after)
    {
        var pairs = new List<(string Key, string Value)> { ("q", string.Join(' ', invocation.Get(_text))) };
        foreach (var (key, flag) in new[] { ("base", _base), ("kind", _kind), ("method", _method), ("rank", _rank), ("tag", _tag), ("task", _task), ("license", _license), ("owner", _owner) })
            pairs.AddRange((invocation.Get(flag) ?? []).Select(value => (key, value)));
        pairs.Add(("sort", invocation.Get(_sort)));
        pairs.Add(("size", size.ToString(CultureInfo.InvariantCulture)));
        pairs.Add(("after", after ?? ""));
        return string.Join('&', pairs.Where(pair => pair.Value.Length > 0).Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
    }

    private static string Cut(string text) => text.Length <= 60 ? text : text[..59].TrimEnd() + "…";
}
