using AdapterHub.Catalog.Cards;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using AdapterHub.Formats.Inspection;
using AdapterHub.Web.Accounts;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>One file: the header of safetensors, Markdown as a page, other text as it is, pictures; nothing is ever run.</summary>
public sealed partial class FileViewer(BlobStore blobs, RevisionInspections inspections, ActorAccessor actors) : ComponentBase
{
    private const long LargestText = 400_000;
    private static readonly string[] Pictures = [".png", ".jpg", ".jpeg", ".webp", ".gif"];

    private SafetensorsListing? _listing;
    private CardPage? _page;
    private string? _text;
    private string? _picture;
    private string? _why;
    private string? _shown;
    private bool _isLoaded;

    [Parameter, EditorRequired] public RepositoryView Repository { get; set; } = null!;

    [Parameter, EditorRequired] public RevisionView Revision { get; set; } = null!;

    [Parameter, EditorRequired] public FileView File { get; set; } = null!;

    private string? Shown => Revision.Commit.Id == Repository.Head ? null : Revision.Commit.Id;

    protected override async Task OnParametersSetAsync()
    {
        var key = $"{File.Path} {File.Digest}";
        if (string.Equals(key, _shown, StringComparison.Ordinal))
            return;
        _shown = key;
        (_listing, _page, _text, _picture, _why) = (null, null, null, null, null);
        var extension = Path.GetExtension(File.Path).ToLowerInvariant();
        if (extension == ".safetensors")
            await ReadListingAsync();
        else if (Pictures.Contains(extension))
            _picture = Addresses.Image(Repository.Name, Revision.Commit.Id, File.Path);
        else
            await ReadTextAsync(extension);
        _isLoaded = true;
    }

    private async Task ReadListingAsync()
    {
        _listing = await inspections.GetListingAsync(await actors.GetAsync(), Repository.Name, Revision.Commit.Id, File.Path);
        _why = _listing is null ? "This is no readable safetensors file." : null;
    }

    private async Task ReadTextAsync(string extension)
    {
        var text = await FileText.ReadAsync(blobs, File, LargestText, default);
        if (text is null)
        {
            _why = File.Length > LargestText ? "The file is too large to be shown here. Download it to open it." : null;
            return;
        }

        if (extension is ".md" or ".markdown")
            _page = CardHtml.Render(CardDocument.Parse(text), RepositoryLinks.For(Revision, Path.GetDirectoryName(File.Path) ?? ""));
        else
            _text = text;
    }
}
