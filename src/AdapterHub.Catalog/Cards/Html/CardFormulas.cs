using AdapterHub.Catalog.Cards.Tex;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>Puts MathML in the place of TeX. What cannot be converted stays TeX, as code.</summary>
internal sealed class CardFormulas(IHtmlDocument document)
{
    private const string MathMl = "http://www.w3.org/1998/Math/MathML";
    private int _characters;

    /// <summary>A formula in a line, or one in it that is displayed on its own.</summary>
    public void Replace(IElement code, bool isDisplay)
    {
        var tex = code.TextContent.Trim();
        if (Convert(tex, isDisplay) is { } math)
            code.Replace(math);
        else
            code.ClassName = "formula-source";
    }

    /// <summary>A block of code that is a formula.</summary>
    public bool TryReplaceBlock(IElement block, string tex)
    {
        if (Convert(tex.Trim(), isDisplay: true) is not { } math)
            return false;
        var frame = document.CreateElement("div");
        frame.ClassName = "formula";
        // A long formula scrolls by itself, with keys too.
        frame.SetAttribute("tabindex", "0");
        frame.AppendChild(math);
        block.Replace(frame);
        return true;
    }

    private IElement? Convert(string tex, bool isDisplay)
    {
        _characters += tex.Length;
        if (_characters > CardLimits.FormulasCharacters || TexMath.TryConvert(tex, isDisplay) is not { } node)
            return null;
        var math = Build(node);
        math.SetAttribute("alttext", CardText.WithoutOverrides(tex));
        return math;
    }

    private IElement Build(MathNode node)
    {
        var element = document.CreateElement(MathMl, node.Name);
        foreach (var (name, value) in node.Attributes)
            element.SetAttribute(name, value);
        if (node.Text is { } text)
            element.TextContent = CardText.WithoutOverrides(text);
        foreach (var child in node.Children)
            element.AppendChild(Build(child));
        return element;
    }
}
