namespace AdapterHub.Engine.Training.Datasets;

/// <summary>Words for messages about fields and columns.</summary>
internal static class FieldChoice
{
    private const int MostNames = 12;

    /// <summary>The fields looked for, as in <c>"text", "prompt" with "completion" or "messages"</c>.</summary>
    public static string Describe(FieldNames names, bool withMessages)
    {
        var choices = new List<string>();
        if (names.TextOrDefault is { } text)
            choices.Add($"\"{text}\"");
        if (names.PairOrDefault is var (prompt, completion))
            choices.Add($"\"{prompt}\" with \"{completion}\"");
        if (withMessages && names.MessagesOrDefault is { } messages)
            choices.Add($"\"{messages}\"");
        return choices.Count < 2 ? string.Concat(choices) : string.Join(", ", choices.SkipLast(1)) + " or " + choices[^1];
    }

    public static string List(IEnumerable<string> names)
    {
        var all = names.Select(name => $"\"{name}\"").ToList();
        return all.Count switch
        {
            0 => "nothing",
            > MostNames => string.Join(", ", all.Take(MostNames)) + $" and {all.Count - MostNames} more",
            _ => string.Join(", ", all),
        };
    }
}
