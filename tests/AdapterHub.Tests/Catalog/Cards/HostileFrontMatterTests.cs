using System.Diagnostics;
using AdapterHub.Catalog.Cards;
using AdapterHub.Tests.Formats;
using FsCheck.Fluent;

namespace AdapterHub.Tests.Catalog.Cards;

public sealed class HostileFrontMatterTests
{
    /// <summary>Far above what each takes (milliseconds), far below what a bomb would (hours, or all memory).</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string, string> Bombs => new()
    {
        { "aliases of aliases", "a: &a [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 12).Select(i => $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat(i == 1 ? "*a" : $"*a{i - 1}", 9))}]\n")) },
        { "aliases in maps", "a: &a {k: x}\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"a{i}: &a{i} {{l: {(i == 1 ? "*a" : $"*a{i - 1}")}, r: {(i == 1 ? "*a" : $"*a{i - 1}")}}}\n")) },
        { "an alias to itself", "a: &a [*a]" },
        { "deep flow lists", "a: " + new string('[', 100_000) },
        { "deep closed flow lists", "a: " + new string('[', 50_000) + new string(']', 50_000) },
        { "deep flow maps", "a: " + string.Concat(Enumerable.Repeat("{a: ", 50_000)) },
        { "deep block lists", string.Concat(Enumerable.Repeat("- ", 100_000)) },
        { "deep block maps", string.Concat(Enumerable.Range(0, 600).Select(i => new string(' ', i) + "a:\n")) },
        { "explicit keys", string.Concat(Enumerable.Repeat("? ", 100_000)) },
        { "many values", "a: [" + string.Concat(Enumerable.Repeat("1,", 100_000)) + "]" },
        { "many keys", string.Concat(Enumerable.Range(0, 25_000).Select(i => $"k{i}:\n")) },
        { "too long", "a: " + new string('x', CardLimits.FrontMatterCharacters) },
        { "many anchors", string.Concat(Enumerable.Range(0, 20_000).Select(i => $"k{i}: &k{i} 1\n"))[..250_000] },
        { "tags", string.Concat(Enumerable.Repeat("!!binary ", 25_000)) },
        { "a long quoted text never closed", "a: \"" + new string('\\', 200_000) },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void Bombs_AreRefusedQuickly(string name, string yaml)
    {
        var watch = Stopwatch.StartNew();
        var card = CardDocument.Parse($"---\n{yaml}\n---\nBody");
        watch.Elapsed.ShouldBeLessThan(Patience, name);
        card.Body.ShouldBe("Body");
        card.Problems.ShouldContain(problem => problem.Severity == CardSeverity.Error, name);
        card.FrontMatter.ToJson().Count.ShouldBe(0, name);
        card.CanChangeKeys.ShouldBeFalse();
    }

    [Fact]
    public void HonestAliases_AreFollowed()
    {
        var card = CardDocument.Parse("---\ntags: &t [a, b]\nmetrics: *t\n---\n");
        card.Problems.ShouldBeEmpty();
        card.FrontMatter.Metrics.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void RandomText_NeverThrows()
    {
        string[] pieces = ["a", ": ", "\n", "- ", "  ", "[", "]", "{", "}", ",", "\"", "'", "&x ", "*x", "!t ", "|", ">", "#", "---", "...", "%", "\t", "?", "~", "1", "\\", "\r", "\u0085", "\u2028", "😀", "\0", "\uFEFF", "license: ", "tags: ", "model-index:\n"];
        var texts = from count in Gen.Choose(0, 40)
                    from parts in Gen.ArrayOf(Gen.Elements(pieces), count)
                    select string.Concat(parts);
        RandomFormats.Check(texts, text =>
        {
            var readme = $"---\n{text}\n---\nBody";
            var card = CardDocument.Parse(readme);
            card.ToString().ShouldBe(readme);
            _ = card.FrontMatter.ToJson();
            if (card.CanChangeKeys)
            {
                var changed = card.WithTags(["x", "a: b"]).WithText("title", "no");
                changed.FrontMatter.Tags.ShouldBe(["x", "a: b"]);
                changed.FrontMatter.Title.ShouldBe("no");
                changed.Body.ShouldBe(card.Body);
            }
        }, cases: 3000);
    }
}
