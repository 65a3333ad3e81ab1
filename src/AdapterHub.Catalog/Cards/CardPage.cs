namespace AdapterHub.Catalog.Cards;

/// <summary>A heading of a card.</summary>
/// <param name="Level">1 to 6.</param>
/// <param name="Id">The element's id in the HTML, beginning with <c>card-</c>.</param>
/// <param name="Text">Without markup.</param>
public sealed record CardHeading(int Level, string Id, string Text);

/// <summary>A card's body as HTML.</summary>
/// <param name="Html">Sanitised; may be put into a page as it is.</param>
/// <param name="Outline">Headings in their order.</param>
/// <param name="Problems">
/// What could not be shown as its author meant. Time is among the reasons, so a page with problems is not one to keep in a cache for long.
/// </param>
public sealed record CardPage(string Html, IReadOnlyList<CardHeading> Outline, IReadOnlyList<CardProblem> Problems);
