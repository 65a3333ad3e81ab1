using AdapterHub.Engine.Training;

namespace AdapterHub.Engine.Tests.Training;

public sealed class TrainingCardTests
{
    private static readonly TrainingReport Report = new()
    {
        Outcome = TrainingOutcome.Completed,
        Kind = "adapter",
        Step = 100,
        Steps = 100,
        TrainableParameters = 1000,
        TotalParameters = 100_000,
        Tokens = 51_200,
        TokensPerSecond = 1234.5,
        TrainingSeconds = 41.5,
        WallSeconds = 61,
        PeakMemoryBytes = 3L << 30,
        FirstLoss = 4.5,
        FinalLoss = 2.25,
        PerplexityBefore = Math.Exp(4.25),
        PerplexityAfter = Math.Exp(2.5),
        KeptStep = 100,
        Evaluations =
        [
            new EvaluationPoint(0, 4.25, [new TrainingSample("In the beginning", "was a\n# heading\n```")]),
            new EvaluationPoint(100, 2.5, [new TrainingSample("In the beginning", "God created")]),
        ],
        Curve = [.. Enumerable.Range(1, 100).Select(step => new CurvePoint(step, 4.5f - step * 0.02f, 1))],
        Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["rank"] = "16", ["target modules"] = "a|b" },
        Hardware = "one CPU",
        FinishedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };

    private static readonly TrainingCard Card = new()
    {
        Title = "Scripture: \"in the style\"",
        Report = Report,
        BaseModel = "adapterhub/inkwell",
        License = "cc0-1.0",
        Languages = ["en", "no"],
        Datasets = ["adapterhub/kjv"],
        DataSources = ["King James Bible, public domain"],
    };

    [Fact]
    public void FrontMatter_HasWhatAHubReads()
    {
        var front = Card.ToMarkdown().Split("---\n")[1];
        front.ShouldContain("base_model: adapterhub/inkwell\nbase_model_relation: adapter\nlibrary_name: peft\n");
        front.ShouldContain("license: cc0-1.0\n");
        front.ShouldContain("language:\n- en\n- \"no\"\n", customMessage: "a plain no is a boolean in YAML 1.1");
        front.ShouldContain("- name: \"Scripture: \\\"in the style\\\"\"\n");
        front.ShouldContain("      value: 12.182\n");
    }

    [Fact]
    public void Body_HasPerplexitiesCurveSamplesDataAndSettings()
    {
        var text = Card.ToMarkdown();
        text.ShouldContain("| held-out perplexity of the base | 70.11 |");
        text.ShouldContain("| held-out perplexity with the adapter | **12.18** |");
        text.ShouldContain("| trained parameters | 1,000 of 100,000 (1 %) |");
        text.ShouldContain("| 1 | 4.4800 | 1.000 |");
        text.ShouldContain("| 100 | 2.5000 | 1.000 |");
        text.ShouldContain("    was a\n    # heading\n    ```\n");
        text.ShouldContain("    God created\n");
        text.ShouldContain("- King James Bible, public domain\n");
        text.ShouldContain("| target modules | a\\|b |");
        text.ShouldContain("| peak memory | 3.0 GiB |");
    }

    [Fact]
    public void WholeModel_IsNoAdapter()
    {
        var text = (Card with { BaseModel = null }).ToMarkdown();
        text.ShouldNotContain("base_model");
        text.ShouldContain("library_name: transformers");
    }

    [Fact]
    public void Report_SurvivesJson()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "report.json");
        File.WriteAllText(path, Report.ToJson());
        TrainingReport.Read(path).ToJson().ShouldBe(Report.ToJson());
    }
}
