using System.Text;
using AdapterHub.Catalog.Cards.Html;

namespace AdapterHub.Catalog.Cards;

/// <summary>
/// A card's body as HTML. Markdown and the author's own HTML become well-formed markup of allowed elements, the sanitiser checks it once more,
/// and only then links are resolved, code is coloured and formulas become MathML, so that everything an author can write passes both gates.
///
/// What the page around it has to do:
/// <list type="bullet">
/// <item>Remote images are buttons: <c>&lt;button type="button" class="remote-image" data-src="https://..." data-alt="..." data-width="300"
/// data-height="200"&gt;Load image from host&lt;/button&gt;</c>, width and height only where the author gave them. A script replaces the button,
/// when it is clicked, with an <c>img</c> of the same src, alt, width and height, with <c>referrerpolicy="no-referrer"</c>. Until then nothing
/// is fetched from elsewhere.</item>
/// <item>Classes to style: <c>hl-*</c> in <c>pre.code</c> (the names of ColorCode's style sheet: hl-keyword, hl-string, hl-comment, hl-number,
/// hl-type, hl-operator, hl-className, ...), <c>table-scroll</c> around tables, <c>align-left|center|right</c>, <c>formula</c> around display
/// formulas, <c>formula-source</c> for TeX that could not be converted, <c>markdown-alert</c> with <c>markdown-alert-note|tip|important|
/// warning|caution</c> and <c>markdown-alert-title</c>, <c>contains-task-list</c>, <c>task-list-item</c>, <c>footnotes</c>,
/// <c>footnote-ref</c>, <c>footnote-back-ref</c>. There is no style attribute.</item>
/// <item>Every id begins with <c>card-</c>, every fragment link leads to one.</item>
/// </list>
/// </summary>
public static class CardHtml
{
    /// <summary>A little of everything.</summary>
    private const string Sample = "# a\n\n*b* `c` [d](e) ~~f~~ $g$ www.h.example :tada: [^1]\n\n- [ ] i\n\n|j|\n|-|\n|k|\n\n> [!NOTE]\n> l\n\nm\n:   n\n\n```python\no = 1\n```\n\n[^1]: p\n";

    /// <summary>The first use compiles the parsers, which takes longer than any card; no card's time should pay for it.</summary>
    static CardHtml() => LayOut(Sample, CardLinks.None, new RenderBudget(TimeSpan.FromHours(1)));

    /// <summary>Never fails and ends in bounded time, whatever the text; what cannot be laid out is shown as it was written, with a problem.</summary>
    public static CardPage Render(CardDocument card, CardLinks links)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(links);
        if (card.IsTooLong)
            return new CardPage("", [], [.. card.Problems.Where(problem => problem.Line is null && problem.Key is null)]);
        return RenderBody(card.Body, links);
    }

    /// <summary>Any other Markdown by the same rules, such as a CONTRIBUTING.md of a repository.</summary>
    public static CardPage RenderBody(string markdown, CardLinks links)
    {
        ArgumentNullException.ThrowIfNull(markdown);
        ArgumentNullException.ThrowIfNull(links);
        if (markdown.Length > CardLimits.Characters)
            return new CardPage("", [], [new CardProblem(CardSeverity.Error, $"The text is {markdown.Length:N0} characters long; at most {CardLimits.Characters:N0} are shown.")]);
        try
        {
            return LayOut(markdown, links, new RenderBudget());
        }
        catch (CardTooComplexException exception)
        {
            return new CardPage(AsWritten(markdown), [], [new CardProblem(CardSeverity.Error, exception.Message)]);
        }
    }

    private static CardPage LayOut(string markdown, CardLinks links, RenderBudget budget)
    {
        var html = TagSoup.Clean(CardMarkdown.ToUnsafeHtml(markdown, budget));
        budget.Check();
        using var document = CardSanitizer.Sanitize(html);
        budget.Check();
        var writer = new CardBodyWriter(links, budget);
        return new CardPage(writer.Write(document.Body!), writer.Outline, []);
    }

    private static string AsWritten(string markdown)
    {
        var html = new HtmlText(new StringBuilder());
        html.Open("pre", ("class", "code"), ("tabindex", "0"));
        html.Text(markdown);
        html.Close("pre");
        return html.ToString();
    }
}
