using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>Blocks of code get their colours, formulas their MathML.</summary>
internal sealed class CardCode(IHtmlDocument document, RenderBudget budget)
{
    private const string LanguagePrefix = "language-";
    private readonly CodeColors _colors = new(document, budget);
    private readonly CardFormulas _formulas = new(document);

    public void Finish(IReadOnlyList<IElement> elements)
    {
        foreach (var element in elements)
        {
            if (element.LocalName == "pre")
                FinishBlock(element);
            else if (element.LocalName == "code" && element.ClassList.Contains("math-inline"))
                _formulas.Replace(element, isDisplay: false);
            else if (element.LocalName == "code" && element.ClassList.Contains("math-display"))
                _formulas.Replace(element, isDisplay: true);
        }
    }

    private void FinishBlock(IElement block)
    {
        block.ClassList.Add("code");
        // It scrolls sideways, so keys must reach it.
        block.SetAttribute("tabindex", "0");
        if (block.Children is not [{ LocalName: "code" } code] || block.ChildNodes.Length != 1)
            return;
        var language = code.ClassList.FirstOrDefault(name => name.StartsWith(LanguagePrefix, StringComparison.Ordinal))?[LanguagePrefix.Length..].ToLowerInvariant();
        if (language == "math" && _formulas.TryReplaceBlock(block, code.TextContent))
            return;
        if (language is not null && code.ChildElementCount == 0)
            _colors.Color(code, language);
    }
}
