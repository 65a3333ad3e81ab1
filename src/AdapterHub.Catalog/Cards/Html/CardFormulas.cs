using AdapterHub.Catalog.Cards.Tex;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>Writes MathML for TeX. What cannot be converted is left to the caller, to be shown as code.</summary>
internal sealed class CardFormulas(HtmlText html)
{
    /// <summary>What a formula costs besides its characters: a card of ten thousand formulas of one letter is bounded too.</summary>
    private const int CostOfOne = 32;

    private int _cost;

    public bool TryWrite(string tex, bool isDisplay)
    {
        _cost += tex.Length + CostOfOne;
        if (_cost > CardLimits.FormulasCharacters || TexMath.TryConvert(tex, isDisplay) is not { } math)
            return false;
        Write(math.With("alttext", tex));
        return true;
    }

    /// <summary>A block that scrolls by itself when it is too wide, with keys too.</summary>
    public bool TryWriteBlock(string tex)
    {
        _cost += tex.Length + CostOfOne;
        if (_cost > CardLimits.FormulasCharacters || TexMath.TryConvert(tex, isDisplay: true) is not { } math)
            return false;
        html.Open("div", ("class", "formula"), ("tabindex", "0"));
        Write(math.With("alttext", tex));
        html.Close("div");
        return true;
    }

    private void Write(MathNode node)
    {
        html.Open(node.Name, [.. node.Attributes.Select(attribute => (attribute.Name, (string?)attribute.Value))]);
        if (node.Text is { } text)
            html.Text(text);
        foreach (var child in node.Children)
            Write(child);
        html.Close(node.Name);
    }
}
