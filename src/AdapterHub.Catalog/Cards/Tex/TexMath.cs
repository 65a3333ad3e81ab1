namespace AdapterHub.Catalog.Cards.Tex;

/// <summary>
/// TeX formulas as cards use them, to MathML Core, which browsers lay out themselves: no script and no fonts have to be sent. There are no
/// macros, so a formula cannot grow; what is not known makes the formula stay TeX.
/// </summary>
internal static class TexMath
{
    /// <summary>The formula's <c>math</c> element, or null if something in it is not known or not closed.</summary>
    public static MathNode? TryConvert(string tex, bool isDisplay)
    {
        if (tex.Length > CardLimits.FormulaCharacters || string.IsNullOrWhiteSpace(tex))
            return null;
        try
        {
            var content = new TexParser(tex, 0).ParseFormula();
            var math = MathNode.Of("math", content);
            return isDisplay ? math.With("display", "block") : math;
        }
        catch (TexException)
        {
            return null;
        }
    }
}

/// <summary>Ends the reading of a formula that is not understood.</summary>
internal sealed class TexException(string message) : Exception(message);
