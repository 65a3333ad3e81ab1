using AngleSharp.Dom;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>Formulas, shown as their TeX.</summary>
internal static class CardFormulas
{
    public static void Replace(IElement code) => code.ClassName = "formula-source";
}
