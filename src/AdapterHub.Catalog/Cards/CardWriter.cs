using System.Text;

namespace AdapterHub.Catalog.Cards;

/// <summary>
/// Changes one key of front matter and leaves every other line as it is: order, comments, spacing, quotes. What came out is read again and
/// compared; where the small edit would not say what was asked for (anchors, explicit keys), the whole front matter is written anew.
/// </summary>
internal static class CardWriter
{
    /// <param name="yaml">The front matter's text, readable, with the line end of its last line.</param>
    /// <param name="map">What it says.</param>
    /// <param name="key">The key to set.</param>
    /// <param name="value">Null removes the key.</param>
    /// <param name="newLine">How lines end.</param>
    public static string Set(string yaml, CardMap map, string key, CardValue? value, string newLine)
    {
        var old = map.Find(key);
        if (value is null ? old is null : value.Says(old))
            return yaml;
        var wanted = Wanted(map, key, value);
        var edited = Edit(yaml, map, key, value, newLine);
        var problems = new List<CardProblem>();
        if (edited is not null && wanted.Says(CardYamlReader.Read(edited, 1, problems)) && problems.TrueForAll(problem => problem.Severity == CardSeverity.Warning))
            return edited;
        return string.Concat(wanted.Entries.Select(entry => CardYamlText.Entry(entry.Key, entry.Value, newLine)));
    }

    private static CardMap Wanted(CardMap map, string key, CardValue? value)
    {
        var entries = map.Entries.Where(entry => value is not null || entry.Key != key)
            .Select(entry => entry.Key == key ? new KeyValuePair<string, CardValue>(key, value!) : entry).ToList();
        if (value is not null && map.Find(key) is null)
            entries.Add(new(key, value));
        return new CardMap(entries);
    }

    private static string? Edit(string yaml, CardMap map, string key, CardValue? value, string newLine)
    {
        if (map.IsFlow)
            return null;
        if (map.Find(key) is not { } old)
            return WithLineEnd(yaml, newLine) + CardYamlText.Entry(key, value!, newLine);
        var start = LineStart(yaml, KeyStart(yaml, map, key));
        var end = ValueEnd(yaml, old);
        if (end < start)
            return null;
        if (value is null)
            return yaml.Remove(start, LineEnd(yaml, end) - start);
        if (value is CardList list && old is CardList { IsFlow: false, Items.Count: > 0 } oldList && list.Items.Count > 0)
            return EditItems(yaml, oldList, list, newLine);
        return Replace(yaml, start, end, key, value, newLine);
    }

    /// <summary>The comment behind the old value stays on the key's line.</summary>
    private static string Replace(string yaml, int start, int end, string key, CardValue value, string newLine)
    {
        var lineEnd = LineEnd(yaml, end);
        var entry = CardYamlText.Entry(key, value, newLine);
        var comment = yaml[end..lineEnd].TrimEnd('\r', '\n');
        var firstLine = entry.IndexOf(newLine, StringComparison.Ordinal);
        return string.Concat(yaml.AsSpan(0, start), entry.AsSpan(0, firstLine), comment.TrimStart().StartsWith('#') ? comment : "", string.Concat(entry.AsSpan(firstLine), yaml.AsSpan(lineEnd)));
    }

    /// <summary>Items that stay keep their lines with the comments beside and below them; new ones are written in the same column.</summary>
    private static string EditItems(string yaml, CardList old, CardList wanted, string newLine)
    {
        var starts = old.Items.Select(item => LineStart(yaml, Math.Max(item.Span.Start - 1, 0))).ToList();
        var end = LineEnd(yaml, ValueEnd(yaml, old.Items[^1]));
        var lines = old.Items.Select((item, index) => (Item: item, Text: WithLineEnd(yaml[starts[index]..(index + 1 < starts.Count ? starts[index + 1] : end)], newLine))).ToList();
        var indent = yaml.AsSpan(starts[0]).IndexOf('-');
        var text = new StringBuilder();
        foreach (var item in wanted.Items)
        {
            var kept = lines.FindIndex(line => line.Item.Says(item));
            text.Append(kept >= 0 ? lines[kept].Text : CardYamlText.Item(item, Math.Max(indent, 0), newLine));
            if (kept >= 0)
                lines.RemoveAt(kept);
        }

        return string.Concat(yaml.AsSpan(0, starts[0]), text.ToString(), yaml.AsSpan(end));
    }

    /// <summary>Keys have no place of their own in the map, so the search goes back from the value; a wrong find is caught by the comparison.</summary>
    private static int KeyStart(string yaml, CardMap map, string key)
    {
        var index = 0;
        foreach (var entry in map.Entries)
        {
            if (entry.Key == key)
                break;
            index = ValueEnd(yaml, entry.Value);
        }

        for (var at = index; at < yaml.Length; at = NextLine(yaml, at))
        {
            var line = yaml.AsSpan(LineStart(yaml, at));
            if (line.StartsWith(key, StringComparison.Ordinal) || line.StartsWith($"\"{key}\"", StringComparison.Ordinal) || line.StartsWith($"'{key}'", StringComparison.Ordinal))
                return LineStart(yaml, at);
        }

        return yaml.Length;
    }

    private static int NextLine(string yaml, int at)
    {
        var feed = yaml.IndexOf('\n', at);
        return feed < 0 ? yaml.Length : feed + 1;
    }

    /// <summary>A literal text ends with its last line, not with the empty ones below it.</summary>
    private static int ValueEnd(string yaml, CardValue value)
    {
        var (start, end) = value.Span;
        end = Math.Min(end, yaml.Length);
        while (end > start && yaml[end - 1] is '\n' or '\r' or ' ')
            end--;
        return end;
    }

    private static int LineStart(string yaml, int at) => at <= 0 ? 0 : yaml.LastIndexOf('\n', Math.Min(at, yaml.Length) - 1) + 1;

    /// <summary>The place behind the line's end.</summary>
    private static int LineEnd(string yaml, int at) => at > 0 && at <= yaml.Length && yaml[at - 1] == '\n' ? at : NextLine(yaml, Math.Min(at, yaml.Length));

    private static string WithLineEnd(string text, string newLine) => text.Length == 0 || text.EndsWith('\n') ? text : text + newLine;
}
