using System.Text;
using AdapterHub.Catalog.Cards;
using AdapterHub.Catalog.Cards.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AdapterHub.Catalog.Publishing;

/// <summary>The title that a card gives itself.</summary>
internal static class CardHeadline
{
    private const int Longest = 120;

    /// <summary>What stands below is no headline, and a card of any length costs no more.</summary>
    private const int CharactersRead = 4 << 10;

    /// <summary>The first heading of the first level, without markup; null where there is none.</summary>
    public static string? Find(CardDocument card)
    {
        try
        {
            var body = card.Body.Length <= CharactersRead ? card.Body : card.Body[..CharactersRead];
            var heading = CardMarkdown.Parse(body, new RenderBudget()).OfType<HeadingBlock>().FirstOrDefault(block => block.Level == 1);
            return heading?.Inline is { } inlines && CardText.OneLine(Words(inlines), Longest) is { Length: > 0 } title ? title : null;
        }
        catch (CardTooComplexException)
        {
            return null;
        }
    }

    private static string Words(ContainerInline container)
    {
        var text = new StringBuilder();
        foreach (var inline in container)
        {
            _ = inline switch
            {
                LiteralInline literal => text.Append(literal.Content.AsSpan()),
                CodeInline code => text.Append(code.Content),
                HtmlEntityInline entity => text.Append(entity.Transcoded.AsSpan()),
                LineBreakInline => text.Append(' '),
                LinkInline { IsImage: true } => text,
                ContainerInline inner => text.Append(Words(inner)),
                _ => text,
            };
        }

        return text.ToString();
    }
}
