using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>Finishes the sanitised tree of a card: ids, links, images, code, formulas, tables.</summary>
internal sealed partial class CardTree(IHtmlDocument document, CardLinks links, RenderBudget budget)
{
    private static readonly HashSet<string> Classes = new(StringComparer.Ordinal)
    {
        "contains-task-list", "task-list-item", "footnotes", "footnote-ref", "footnote-back-ref", "math-inline", "math-display", "markdown-alert", "markdown-alert-title",
        "markdown-alert-note", "markdown-alert-tip", "markdown-alert-important", "markdown-alert-warning", "markdown-alert-caution",
    };

    private readonly CardAnchors _anchors = new();
    private readonly List<CardHeading> _outline = [];

    /// <summary>Headings in their order, once <see cref="Finish"/> has run.</summary>
    public IReadOnlyList<CardHeading> Outline => _outline;

    public void Finish()
    {
        var body = document.Body!;
        foreach (var text in body.Descendants<IText>().Where(text => text.Data.Any(CardText.IsOverride)).ToList())
            text.Data = CardText.WithoutOverrides(text.Data);
        var elements = body.QuerySelectorAll("*").ToList();
        foreach (var element in elements)
            CleanAttributes(element);
        foreach (var heading in elements.Where(element => element.LocalName is ['h', >= '1' and <= '6']))
            AddHeading(heading);
        var targets = new CardTargets(document, links);
        foreach (var element in elements)
        {
            if (element is IHtmlImageElement image)
                targets.FinishImage(image);
            else if (element is IHtmlAnchorElement anchor)
                targets.FinishLink(anchor);
            else if (element is IHtmlTableElement table)
                Wrap(table);
        }

        new CardCode(document, budget).Finish(elements);
    }

    private void CleanAttributes(IElement element)
    {
        if (element.GetAttribute("class") is { } classes)
            Set(element, "class", string.Join(' ', classes.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(IsKnownClass).Distinct()));
        if (element.GetAttribute("id") is { } id)
            Set(element, "id", _anchors.Take(id));
        if (element.GetAttribute("name") is { } name)
        {
            element.RemoveAttribute("name");
            if (!element.HasAttribute("id"))
                Set(element, "id", _anchors.Take(name));
        }

        if (element.GetAttribute("align") is { } align)
        {
            element.RemoveAttribute("align");
            var side = align.Trim().ToLowerInvariant();
            if (side is "left" or "center" or "right")
                element.ClassList.Add($"align-{side}");
        }

        foreach (var words in new[] { "title", "alt" })
        {
            if (element.GetAttribute(words) is { } text)
                element.SetAttribute(words, CardText.WithoutOverrides(text));
        }

        CheckForm(element, "dir", DirectionForm());
        CheckForm(element, "lang", LanguageForm());
        foreach (var number in new[] { "width", "height", "start", "value" })
            CheckForm(element, number, NumberForm());
        CheckForm(element, "colspan", SpanForm());
        CheckForm(element, "rowspan", SpanForm());
        CheckForm(element, "scope", ScopeForm());
        if (element is IHtmlOrderedListElement)
            CheckForm(element, "type", NumberingForm());
        else if (element is IHtmlInputElement input)
            FinishBox(input);
    }

    /// <summary>A task's box, and nothing else that an input can be.</summary>
    private static void FinishBox(IHtmlInputElement input)
    {
        if (!string.Equals(input.GetAttribute("type"), "checkbox", StringComparison.OrdinalIgnoreCase))
        {
            input.Remove();
            return;
        }

        var done = input.HasAttribute("checked");
        foreach (var name in input.Attributes.Select(attribute => attribute.Name).ToList())
            input.RemoveAttribute(name);
        input.SetAttribute("type", "checkbox");
        input.SetAttribute("disabled", "");
        input.SetAttribute("aria-label", done ? "Done" : "To do");
        if (done)
            input.SetAttribute("checked", "");
    }

    private void AddHeading(IElement heading)
    {
        var text = CardText.OneLine(heading.TextContent, 200);
        if (text.Length == 0)
            return;
        if (string.IsNullOrEmpty(heading.Id))
            heading.Id = _anchors.TakeFree(CardAnchors.Slug(text));
        _outline.Add(new CardHeading(heading.LocalName[1] - '0', heading.Id, text));
    }

    /// <summary>A wide table scrolls by itself, with keys too; the page does not.</summary>
    private void Wrap(IHtmlTableElement table)
    {
        var frame = document.CreateElement("div");
        frame.ClassName = "table-scroll";
        frame.SetAttribute("role", "group");
        frame.SetAttribute("aria-label", "Table");
        frame.SetAttribute("tabindex", "0");
        table.Replace(frame);
        frame.AppendChild(table);
    }

    private static bool IsKnownClass(string name) => Classes.Contains(name) || LanguageClass().IsMatch(name);

    private static void CheckForm(IElement element, string attribute, Regex form)
    {
        if (element.GetAttribute(attribute) is { } value && !form.IsMatch(value))
            element.RemoveAttribute(attribute);
    }

    private static void Set(IElement element, string attribute, string? value)
    {
        if (string.IsNullOrEmpty(value))
            element.RemoveAttribute(attribute);
        else
            element.SetAttribute(attribute, value);
    }

    [GeneratedRegex(@"\Alanguage-[A-Za-z0-9+#_.-]{1,30}\z", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageClass();

    [GeneratedRegex(@"\A(ltr|rtl|auto)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex DirectionForm();

    [GeneratedRegex(@"\A[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,4}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex LanguageForm();

    [GeneratedRegex(@"\A-?[0-9]{1,4}(%|px)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex NumberForm();

    [GeneratedRegex(@"\A[0-9]{1,2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex SpanForm();

    [GeneratedRegex(@"\A(row|col|rowgroup|colgroup)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex ScopeForm();

    [GeneratedRegex(@"\A[1aAiI]\z", RegexOptions.CultureInvariant)]
    private static partial Regex NumberingForm();
}
