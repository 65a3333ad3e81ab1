using System.Text;
using AdapterHub.Catalog.Cards.Html;
using Markdig.Extensions.Alerts;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.Mathematics;
using Markdig.Extensions.TaskLists;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AdapterHub.Catalog.Cards;

/// <summary>A card in a line: for lists of repositories and for search.</summary>
public static class CardSummary
{
    /// <summary>A summary needs the beginning of a card only.</summary>
    private const int CharactersRead = 16 << 10;

    /// <summary>
    /// The first paragraph of the body that holds words, without markup, at most <see cref="CardLimits.SummaryCharacters"/> characters; badges,
    /// headings, tables and code are passed over. The front matter's description where the body has no such paragraph; empty if there is none.
    /// Plain text: whoever shows it encodes it.
    /// </summary>
    public static string Of(CardDocument card)
    {
        ArgumentNullException.ThrowIfNull(card);
        var body = card.Body.Length <= CharactersRead ? card.Body : card.Body[..CharactersRead];
        var paragraph = FirstParagraph(body);
        return CardText.OneLine(paragraph.Length > 0 ? paragraph : card.FrontMatter.Description ?? "", CardLimits.SummaryCharacters);
    }

    private static string FirstParagraph(string body)
    {
        MarkdownDocument document;
        try
        {
            document = CardMarkdown.Parse(body, new RenderBudget());
        }
        catch (CardTooComplexException)
        {
            return "";
        }

        // What stands on its own comes first; a card of nothing but a list or a quote has its first item.
        return document.OfType<ParagraphBlock>().Concat(document.Descendants<ParagraphBlock>().Where(IsProse)).Select(Words).FirstOrDefault(HasWords) ?? "";
    }

    private static bool IsProse(ParagraphBlock paragraph)
    {
        for (var parent = paragraph.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is AlertBlock or FootnoteGroup or Footnote or Markdig.Extensions.Tables.Table)
                return false;
        }

        return true;
    }

    private static bool HasWords(string text) => text.Any(char.IsLetterOrDigit);

    private static string Words(ParagraphBlock paragraph)
    {
        var text = new StringBuilder();
        if (paragraph.Inline is { } inlines)
            Append(text, inlines);
        return text.ToString();
    }

    private static void Append(StringBuilder text, ContainerInline container)
    {
        foreach (var inline in container)
        {
            switch (inline)
            {
                case LiteralInline literal:
                    text.Append(literal.Content.AsSpan());
                    break;
                case CodeInline code:
                    text.Append(code.Content);
                    break;
                case HtmlEntityInline entity:
                    text.Append(entity.Transcoded.AsSpan());
                    break;
                case AutolinkInline link:
                    text.Append(link.Url);
                    break;
                case MathInline math:
                    text.Append(math.Content.AsSpan());
                    break;
                case LineBreakInline:
                    text.Append(' ');
                    break;
                case LinkInline { IsImage: true } or FootnoteLink or TaskList or HtmlInline:
                    break;
                case ContainerInline inner:
                    Append(text, inner);
                    break;
            }
        }
    }
}
