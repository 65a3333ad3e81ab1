using System.Text;
using AdapterHub.Catalog.Cards;
using AdapterHub.Catalog.Cards.Html;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AdapterHub.Catalog.Publishing;

/// <summary>A card in two lines: its first heading and its first paragraph, without markup.</summary>
internal static class CardHeadline
{
    private const int LongestTitle = 120;

    /// <summary>What stands below is no headline, and a card of any length costs no more.</summary>
    private const int LookedAt = 10_000;

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().Build();

    public static (string? Title, string Summary) Of(CardDocument card)
    {
        var body = card.Body.Length <= LookedAt ? card.Body : card.Body[..LookedAt];
        var blocks = Markdown.Parse(body, Pipeline);
        var heading = blocks.OfType<HeadingBlock>().FirstOrDefault(block => block.Level == 1);
        var paragraph = blocks.OfType<ParagraphBlock>().Select(Text).FirstOrDefault(text => text.Length > 0);
        var title = heading is null ? null : CardText.OneLine(Text(heading), LongestTitle);
        var summary = card.FrontMatter.Description ?? paragraph ?? "";
        return (title is { Length: > 0 } ? title : null, CardText.OneLine(summary, CardLimits.SummaryCharacters));
    }

    private static string Text(LeafBlock block)
    {
        var text = new StringBuilder();
        foreach (var inline in block.Inline?.Descendants() ?? [])
        {
            _ = inline switch
            {
                LiteralInline literal when !IsInImage(literal) => text.Append(literal.Content),
                CodeInline code => text.Append(code.Content),
                HtmlEntityInline entity => text.Append(entity.Transcoded),
                LineBreakInline => text.Append(' '),
                _ => text,
            };
        }

        return text.ToString().Trim();
    }

    /// <summary>The words for a picture (badges, above all) are no sentence of the card.</summary>
    private static bool IsInImage(Inline inline)
    {
        for (var parent = inline.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is LinkInline { IsImage: true })
                return true;
        }

        return false;
    }
}
