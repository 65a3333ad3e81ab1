namespace AdapterHub.Catalog.Cards;

/// <summary>Reads <c>model-index</c>: models, their results, a row for each metric.</summary>
internal sealed class CardResults(List<CardProblem> problems)
{
    private readonly List<CardResult> _rows = [];

    public IReadOnlyList<CardResult> Read(CardValue? index)
    {
        if (index is null or CardScalar { Kind: CardScalarKind.Null })
            return [];
        if (index is not CardList models)
        {
            Wrong(index, "must be a list of models, each with 'name' and 'results'");
            return [];
        }

        foreach (var item in models.Items)
        {
            if (item is CardMap model)
                ReadModel(model);
            else
                Wrong(item, "must be a list of models, each with 'name' and 'results'");
        }

        return _rows;
    }

    private void ReadModel(CardMap model)
    {
        var name = CardFields.TextOf(model.Find("name")) ?? "";
        if (model.Find("results") is not CardList results)
        {
            Wrong(model, "has a model without a list of 'results'");
            return;
        }

        foreach (var item in results.Items)
        {
            if (item is CardMap result && result.Find("metrics") is CardList metrics)
                ReadMetrics(name, result, metrics);
            else
                Wrong(item, "has a result without a list of 'metrics'");
        }
    }

    private void ReadMetrics(string model, CardMap result, CardList metrics)
    {
        var task = result.Find("task") as CardMap ?? CardMap.Empty;
        var dataset = result.Find("dataset") as CardMap ?? CardMap.Empty;
        var source = result.Find("source") as CardMap ?? CardMap.Empty;
        foreach (var item in metrics.Items)
        {
            var metric = item as CardMap ?? CardMap.Empty;
            if (CardFields.TextOf(metric.Find("type")) is not { } type || metric.Find("value") is not { } value)
            {
                Wrong(item, "has a metric without 'type' and 'value'");
                continue;
            }

            _rows.Add(new CardResult
            {
                Model = model,
                TaskType = CardFields.TextOf(task.Find("type")),
                TaskName = CardFields.TextOf(task.Find("name")),
                DatasetType = CardFields.TextOf(dataset.Find("type")),
                DatasetName = CardFields.TextOf(dataset.Find("name")),
                DatasetConfig = CardFields.TextOf(dataset.Find("config")),
                DatasetSplit = CardFields.TextOf(dataset.Find("split")),
                DatasetRevision = CardFields.TextOf(dataset.Find("revision")),
                MetricType = type,
                MetricName = CardFields.TextOf(metric.Find("name")),
                Value = value is CardScalar scalar ? scalar.Text : value.ToJson()?.ToJsonString() ?? "",
                Number = (value as CardScalar)?.Number,
                Verified = metric.Find("verified") is CardScalar { Kind: CardScalarKind.Boolean } verified ? (bool?)verified.ToJson() : null,
                SourceName = CardFields.TextOf(source.Find("name")),
                SourceUrl = WebAddress(CardFields.TextOf(source.Find("url"))),
            });
        }
    }

    private static string? WebAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) ? uri.AbsoluteUri : null;

    private void Wrong(CardValue at, string what) =>
        problems.Add(new CardProblem(CardSeverity.Error, $"'model-index' {what}.", at.Line == 0 ? null : at.Line, "model-index"));
}
