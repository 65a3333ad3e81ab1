namespace AdapterHub.Catalog.Cards;

/// <summary>Reads <c>widget</c>: texts, or maps with a text or messages.</summary>
internal sealed class CardExamples(List<CardProblem> problems)
{
    public IReadOnlyList<CardExample> Read(CardValue? widget)
    {
        if (widget is null or CardScalar { Kind: CardScalarKind.Null } or CardScalar { Kind: CardScalarKind.Boolean, Text: "false" })
            return [];
        if (widget is not CardList list)
        {
            problems.Add(new CardProblem(CardSeverity.Error, "'widget' must be a list of examples, each with 'text' or 'messages'.", widget.Line, "widget"));
            return [];
        }

        var examples = new List<CardExample>();
        foreach (var item in list.Items)
        {
            if (item is CardMap map)
                examples.Add(Example(map));
            else if (CardFields.TextOf(item) is { } text)
                examples.Add(new CardExample { Text = text, Values = new CardMap([new("text", item)]) });
            else
                problems.Add(new CardProblem(CardSeverity.Error, "An example of 'widget' must have 'text' or 'messages'.", item.Line, "widget"));
        }

        return examples;
    }

    private static CardExample Example(CardMap map)
    {
        var output = map.Find("output") as CardMap ?? CardMap.Empty;
        return new CardExample
        {
            Title = CardFields.TextOf(map.Find("example_title")),
            Group = CardFields.TextOf(map.Find("group")),
            Text = CardFields.TextOf(map.Find("text")),
            Messages = [.. Messages(map.Find("messages"))],
            OutputText = CardFields.TextOf(output.Find("text")),
            OutputUrl = CardFields.TextOf(output.Find("url")),
            Values = map,
        };
    }

    private static IEnumerable<CardMessage> Messages(CardValue? value) =>
        from item in (value as CardList)?.Items ?? []
        let message = item as CardMap
        where message is not null
        let role = CardFields.TextOf(message.Find("role"))
        let content = CardFields.TextOf(message.Find("content"))
        where role is not null && content is not null
        select new CardMessage(role, content);
}
