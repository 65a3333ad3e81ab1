using AdapterHub.Catalog.Cards;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>README.md as a page, with the facts and the snippets beside it.</summary>
public sealed partial class CardTab(BlobStore blobs) : ComponentBase
{
    private CardDocument? _document;
    private CardPage? _page;
    private IReadOnlyList<CardHeading> _outline = [];
    private string? _shown;
    private bool _isLoaded;

    /// <summary>Whether the card begins with the title that stands over the page already.</summary>
    private bool _isTitled;

    [Parameter, EditorRequired] public RepositoryView Repository { get; set; } = null!;

    [Parameter, EditorRequired] public RevisionView Revision { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        var card = Revision.Find("README.md");
        var key = $"{Revision.Commit.Id} {card?.Digest}";
        if (string.Equals(key, _shown, StringComparison.Ordinal))
            return;
        _shown = key;
        (_document, _page) = (null, null);
        if (card is not null && await FileText.ReadAsync(blobs, card, CardLimits.Characters, default) is { } text)
        {
            _document = CardDocument.Parse(text);
            _page = CardHtml.Render(_document, RepositoryLinks.For(Revision));
        }

        _isTitled = _page is { Outline: [{ Level: 1 } first, ..] } page && page.Html.StartsWith("<h1", StringComparison.Ordinal)
            && string.Equals(first.Text, Repository.Title, StringComparison.OrdinalIgnoreCase);
        _outline = [.. (_page?.Outline ?? []).Skip(_isTitled ? 1 : 0).Where(heading => heading.Level <= 3)];

        _isLoaded = true;
    }
}
