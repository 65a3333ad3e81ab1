using AdapterHub.Catalog.Cards;
using AdapterHub.Tests.Architecture;

namespace AdapterHub.Tests.Catalog.Cards;

public sealed class CardDocumentTests
{
    private const string Full = """
        ---
        license: apache-2.0
        language:
        - en
        - "no"
        tags: [lora, peft]
        datasets:
        - alice/stories
        base_model: inkwell
        base_model_relation: adapter
        pipeline_tag: text-generation
        library_name: peft
        metrics:
        - perplexity
        title: A title
        pretty_name: Pretty
        model-index:
        - name: stories
          results:
          - task: {type: text-generation, name: Text}
            dataset: {type: held-out, name: Held out, config: c, split: test, revision: abc}
            metrics:
            - {type: perplexity, name: Perplexity, value: 12.5, verified: true}
            - {type: accuracy, value: 12 of 20}
            source: {name: leaderboard, url: "https://example.org/board"}
        widget:
        - text: Once upon a time
          example_title: A tale
          output: {text: there was}
        - messages:
          - {role: user, content: Hello}
        - just text
        co2_eq_emissions: {emissions: 3}
        ---
        # Body
        """;

    [Fact]
    public void EveryKnownKey_IsTyped()
    {
        var card = CardDocument.Parse(Full);
        var front = card.FrontMatter;
        card.Problems.ShouldBeEmpty();
        front.License.ShouldBe("apache-2.0");
        front.Languages.ShouldBe(["en", "no"]);
        front.Tags.ShouldBe(["lora", "peft"]);
        front.Datasets.ShouldBe(["alice/stories"]);
        front.BaseModels.ShouldBe(["inkwell"]);
        front.Relation.ShouldBe(BaseModelRelation.Adapter);
        (front.PipelineTag, front.LibraryName, front.Title, front.PrettyName).ShouldBe(("text-generation", "peft", "A title", "Pretty"));
        front.Metrics.ShouldBe(["perplexity"]);
        front.UnknownKeys.ShouldBe(["co2_eq_emissions"]);
        front.ToJson()["co2_eq_emissions"]!["emissions"]!.GetValue<long>().ShouldBe(3);
        card.Body.ShouldBe("# Body");
        card.BodyLine.ShouldBe(Full.Split('\n').Length);
        card.ToString().ShouldBe(Full);
    }

    [Fact]
    public void ModelIndex_IsOneRowAMetric()
    {
        var rows = CardDocument.Parse(Full).FrontMatter.Results;
        rows.Count.ShouldBe(2);
        rows[0].ShouldBe(new CardResult
        {
            Model = "stories",
            TaskType = "text-generation",
            TaskName = "Text",
            DatasetType = "held-out",
            DatasetName = "Held out",
            DatasetConfig = "c",
            DatasetSplit = "test",
            DatasetRevision = "abc",
            MetricType = "perplexity",
            MetricName = "Perplexity",
            Value = "12.5",
            Number = 12.5,
            Verified = true,
            SourceName = "leaderboard",
            SourceUrl = "https://example.org/board",
        });
        rows[1].Value.ShouldBe("12 of 20");
        rows[1].Number.ShouldBeNull();
    }

    [Fact]
    public void Widgets_AreExamples()
    {
        var examples = CardDocument.Parse(Full).FrontMatter.Examples;
        examples.Select(example => example.Text).ShouldBe(["Once upon a time", null, "just text"]);
        (examples[0].Title, examples[0].OutputText).ShouldBe(("A tale", "there was"));
        examples[1].Messages.ShouldBe([new CardMessage("user", "Hello")]);
    }

    [Theory]
    [InlineData("license: mit\nlicense: gpl-3.0", 3, "occurs twice", "license")]
    [InlineData("tags:\n- a\n\t- b", 4, "tab", null)]
    [InlineData("title: a: b", 2, "quotes", null)]
    [InlineData("title: 'a", 2, "not valid YAML", null)]
    [InlineData("license: mti", 2, "No licence has the id 'mti'", "license")]
    [InlineData("license: Apache-2.0", 2, "'apache-2.0', in lower case", "license")]
    [InlineData("license: Apache 2", 2, "Did you mean 'apache-2.0'?", "license")]
    [InlineData("license: other", 2, "license_name", "license")]
    [InlineData("a: 1\ntags: {a: b}", 3, "'tags' must be a list of words", "tags")]
    [InlineData("a: 1\ntags: lora", 3, "'tags' is a list", "tags")]
    [InlineData("title: [a]", 2, "'title' must be one word or line of text; here is a list", "title")]
    [InlineData("language: english", 2, "no language code", "language")]
    [InlineData("base_model_relation: child", 2, "adapter, finetune, merge or quantized", "base_model_relation")]
    [InlineData("model-index: 3", 2, "'model-index' must be a list", "model-index")]
    [InlineData("model-index:\n- name: a", 3, "without a list of 'results'", "model-index")]
    [InlineData("model-index:\n- name: a\n  results:\n  - metrics:\n    - type: b", 6, "without 'type' and 'value'", "model-index")]
    [InlineData("widget: text", 2, "'widget' must be a list", "widget")]
    [InlineData("- a\n- b", 2, "must be a map", null)]
    [InlineData("title: !!python/object:os.system x", null, null, null)]
    [InlineData("title: !java.net.URL x", 2, "The tag !java.net.URL is left out", null)]
    [InlineData("title: *nowhere", 2, "stands for nothing", null)]
    [InlineData("? [a, b]\n: c", 2, "must be a word", null)]
    public void Faults_AreNamedWithTheirLine(string yaml, int? line, string? words, string? key)
    {
        var card = CardDocument.Parse($"---\n{yaml}\n---\nBody");
        card.Body.ShouldBe("Body");
        if (words is null)
        {
            card.Problems.ShouldBeEmpty();
            return;
        }

        var problem = card.Problems.ShouldHaveSingleItem();
        problem.Message.ShouldContain(words);
        problem.Line.ShouldBe(line);
        problem.Key.ShouldBe(key);
    }

    [Theory]
    [InlineData("", "", 1)]
    [InlineData("# Only a body\n", "# Only a body\n", 1)]
    [InlineData("---\n---\nBody", "Body", 3)]
    [InlineData("---\nlicense: mit\n---", "", 3)]
    [InlineData("---\r\nlicense: mit\r\n---\r\nBody\r\n", "Body\r\n", 4)]
    [InlineData("\uFEFF---\nlicense: mit\n---\nBody", "Body", 4)]
    [InlineData("\n\n---\nlicense: mit\n---\nBody", "Body", 6)]
    [InlineData("---\ntitle: a --- b\n---\nBody\n---\nmore", "Body\n---\nmore", 4)]
    [InlineData("---\n\nA rule, then text", "---\n\nA rule, then text", 1)]
    public void Fences_ArePlacedAsOnTheHub(string readme, string body, int line)
    {
        var card = CardDocument.Parse(readme);
        card.Body.ShouldBe(body);
        card.BodyLine.ShouldBe(line);
        card.ToString().ShouldBe(readme);
        card.Problems.ShouldBeEmpty();
        if (readme.Contains("mit", StringComparison.Ordinal))
            card.FrontMatter.License.ShouldBe("mit");
    }

    [Fact]
    public void UnclosedFrontMatter_IsShownAndSaid()
    {
        var card = CardDocument.Parse("---\nlicense: mit\n\nText");
        card.Body.ShouldBe("---\nlicense: mit\n\nText");
        card.Problems.ShouldHaveSingleItem().Message.ShouldContain("no second line of dashes");
    }

    [Fact]
    public void WordsOfOldYaml_StayText()
    {
        var front = CardDocument.Parse("---\nlanguage: no\ntags: [yes, on, 2024-01-01, 1_000]\n---\n").FrontMatter;
        front.Languages.ShouldBe(["no"]);
        front.ToJson()["tags"]!.ToJsonString().ShouldBe("""["yes","on","2024-01-01","1_000"]""");
    }

    [Fact]
    public void SeedCards_HaveNoProblems()
    {
        var cards = Directory.GetFiles(Path.Combine(RepositoryTree.Root, "data", "seed"), "README.md", SearchOption.AllDirectories);
        cards.Length.ShouldBeGreaterThanOrEqualTo(7);
        foreach (var path in cards)
        {
            var text = File.ReadAllText(path);
            var card = CardDocument.Parse(text);
            card.Problems.ShouldBeEmpty(path);
            card.ToString().ShouldBe(text);
            if (path.Contains("adapters", StringComparison.Ordinal))
            {
                card.FrontMatter.BaseModels.ShouldBe(["inkwell"]);
                card.FrontMatter.License.ShouldBe("cc0-1.0");
                card.FrontMatter.Results.ShouldHaveSingleItem().Number!.Value.ShouldBeGreaterThan(1);
            }
        }
    }
}
