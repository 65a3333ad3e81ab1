using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Renderers;
using Markdig.Syntax;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>Markdown as cards use it: CommonMark, GitHub's tables, task lists and alerts, footnotes, definition lists, mathematics.</summary>
internal static partial class CardMarkdown
{
    /// <summary>Definitions of links and footnotes are gathered in time that grows with their square.</summary>
    private const int MostDefinitions = 4000;

    private const int DeepestNesting = 64;

    private static readonly MarkdownPipeline Pipeline = Build();

    /// <exception cref="CardTooComplexException">The text is made to be slow, deep or huge.</exception>
    public static MarkdownDocument Parse(string body, RenderBudget budget)
    {
        if (Definitions().Count(body) > MostDefinitions)
            throw new CardTooComplexException($"The text defines more than {MostDefinitions} links and footnotes, so it is shown as it was written.");
        var context = new MarkdownParserContext();
        context.Properties[typeof(RenderBudget)] = budget;
        try
        {
            return Markdown.Parse(body, Pipeline, context);
        }
        catch (ArgumentException)
        {
            throw TooDeep();
        }
    }

    /// <summary>HTML that holds whatever the author wrote: not fit to be shown before it is sanitised.</summary>
    /// <exception cref="CardTooComplexException">As <see cref="Parse"/>.</exception>
    public static string ToUnsafeHtml(string body, RenderBudget budget)
    {
        var document = Parse(body, budget);
        using var writer = new BoundedWriter(budget);
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        try
        {
            renderer.Render(document);
        }
        catch (ArgumentException)
        {
            throw TooDeep();
        }

        writer.Flush();
        return writer.ToString();
    }

    /// <summary>The library throws an ArgumentException for nesting over its limit, in parsing and in rendering.</summary>
    private static CardTooComplexException TooDeep() => new("Quotes, lists or emphasis are nested too deep, so the text is shown as it was written.");

    private static MarkdownPipeline Build() =>
        new MarkdownPipelineBuilder { MaximumNestingDepth = DeepestNesting }
            .UsePipeTables()
            .UseTaskLists()
            .UseMathematics()
            .UseFootnotes()
            .UseAutoLinks()
            .UseDefinitionLists()
            .UseAlertBlocks(WriteAlertTitle)
            .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
            .UseEmojiAndSmiley(enableSmileys: false)
            .Use<CardMathExtension>()
            .Use<BudgetExtension>()
            .Build();

    private static void WriteAlertTitle(HtmlRenderer renderer, Markdig.Helpers.StringSlice kind)
    {
        var word = kind.AsSpan();
        renderer.Write("<p class=\"markdown-alert-title\">");
        renderer.WriteEscape(string.Concat(word[..1].ToString().ToUpperInvariant(), word[1..].ToString().ToLowerInvariant()));
        renderer.WriteLine("</p>");
    }

    [GeneratedRegex(@"^[ >\t]{0,16}\[[^\]\n]{1,999}\]:", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Definitions();
}
