namespace AdapterHub.Catalog.Cards;

/// <summary>What a card may be at most. Whatever lies above is refused with a message, since cards come from strangers.</summary>
public static class CardLimits
{
    /// <summary>Characters (UTF-16) of README.md.</summary>
    public const int Characters = 1 << 20;

    /// <summary>Characters of the front matter. The longest on the Hub are tables of results of some hundred kilobytes.</summary>
    public const int FrontMatterCharacters = 256 << 10;

    /// <summary>Values in the front matter, each alias counted with all that it stands for.</summary>
    public const int FrontMatterValues = 20_000;

    /// <summary>Lists and maps inside one another in the front matter.</summary>
    public const int FrontMatterDepth = 32;

    /// <summary>Characters of the HTML that a body may become before it is shown as plain text instead.</summary>
    public const int HtmlCharacters = 4 << 20;

    /// <summary>Elements of a rendered body: a table of ten columns and five thousand rows.</summary>
    public const int HtmlElements = 60_000;

    /// <summary>Elements inside one another in a rendered body; deeper tags are left out, their text stays.</summary>
    public const int HtmlDepth = 64;

    /// <summary>Characters of code that are highlighted in one block; a longer block is shown without colours.</summary>
    public const int HighlightedBlockCharacters = 32 << 10;

    /// <summary>Characters of code that are highlighted in one card.</summary>
    public const int HighlightedCharacters = 256 << 10;

    /// <summary>Characters of one formula; a longer one is shown as code.</summary>
    public const int FormulaCharacters = 8 << 10;

    /// <summary>Characters of all formulas of a card that become MathML.</summary>
    public const int FormulasCharacters = 256 << 10;

    /// <summary>Characters of a summary.</summary>
    public const int SummaryCharacters = 200;
}
