using AdapterHub.Catalog.Accounts;

namespace AdapterHub.Catalog.Search;

/// <summary>Base models that adapters name or that are in this hub, those with the most adapters first.</summary>
internal static class BaseModelLists
{
    internal static async Task<ListPart<BaseModelCard>> ReadAsync(
        CatalogLook look, Actor actor, string part, int skip, int take, CancellationToken cancel)
    {
        var names = look.Snapshot.Vocabulary[Facet.Base];
        var repositories = Repositories(look);
        var all = new List<(string Name, int Code, int Adapters)>();
        for (var code = 0; code < names.Count; code++)
        {
            var adapters = look.Tally.Adapters(code);
            if ((adapters > 0 || repositories.ContainsKey(code)) && names[code].Contains(part, StringComparison.OrdinalIgnoreCase))
                all.Add((names[code], code, adapters));
        }

        var shown = all.OrderByDescending(model => model.Adapters).ThenBy(model => model.Name, StringComparer.OrdinalIgnoreCase).Skip(skip).Take(take).ToList();
        var ids = shown.Where(model => repositories.ContainsKey(model.Code)).Select(model => repositories[model.Code]).ToList();
        var cards = (await CardReader.ReadAsync(look, actor, ids, cancel)).ToDictionary(card => card.Id);
        return new ListPart<BaseModelCard>(
            [.. shown.Select(model => new BaseModelCard(model.Name, model.Adapters, cards.GetValueOrDefault(repositories.GetValueOrDefault(model.Code))))],
            all.Count);
    }

    /// <summary>Ids of the base models that the actor sees, by the code of their name.</summary>
    private static Dictionary<int, long> Repositories(CatalogLook look)
    {
        var found = new Dictionary<int, long>();
        foreach (var chunk in look.Snapshot.Chunks)
        {
            foreach (var row in chunk)
            {
                if (row is { OwnBaseCode: >= 0 } && look.Visible.Sees(row))
                    found[row.OwnBaseCode] = row.Id;
            }
        }

        return found;
    }
}
