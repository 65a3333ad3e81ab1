using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Shared;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>The line of commits, and what changed between two of them: texts line by line, other files by size.</summary>
public sealed partial class VersionsTab(RevisionReader revisions, BlobStore blobs, ActorAccessor actors) : ComponentBase
{
    private const int PageLength = 30;
    private const long LargestText = 200_000;

    private readonly Dictionary<string, IReadOnlyList<DiffPiece>> _texts = new(StringComparer.Ordinal);
    private IReadOnlyList<ReferenceView> _references = [];
    private List<CommitView>? _commits;
    private IReadOnlyList<FileDifference>? _differences;
    private string _from = "", _to = "";
    private bool _hasMore;
    private (string?, string?, string?) _shown;

    [Parameter, EditorRequired] public RepositoryView Repository { get; set; } = null!;

    [Parameter, EditorRequired] public RevisionView Revision { get; set; } = null!;

    /// <summary>The older revision of a comparison; null for the list.</summary>
    [Parameter] public string? From { get; set; }

    /// <summary>The newer one; null for the newest.</summary>
    [Parameter] public string? To { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        if (_shown == (Revision.Commit.Id, From, To))
            return;
        _shown = (Revision.Commit.Id, From, To);
        var actor = await actors.GetAsync();
        if (From is not null)
        {
            (_from, _to) = (From, To ?? Revision.Commit.Id);
            _differences = await revisions.CompareAsync(actor, Repository.Name, _from, _to, default);
            _texts.Clear();
            foreach (var difference in _differences)
                await ReadTextAsync(difference);
            return;
        }

        _references = await revisions.ListReferencesAsync(actor, Repository.Name, default);
        _commits = [];
        await MoreAsync();
    }

    private async Task MoreAsync()
    {
        var page = await revisions.ListCommitsAsync(
            await actors.GetAsync(), Repository.Name, Revision.Commit.Id, _commits!.Count, PageLength + 1, default);
        _hasMore = page.Count > PageLength;
        _commits.AddRange(page.Take(PageLength));
    }

    private async Task ReadTextAsync(FileDifference difference)
    {
        var before = difference.Before is { } old ? await FileText.ReadAsync(blobs, old, LargestText, default) : "";
        var after = difference.After is { } now ? await FileText.ReadAsync(blobs, now, LargestText, default) : "";
        if (before is null || after is null || !TextDifference.IsText(difference.Path))
            return;
        _texts[difference.Path] = InlineDiffBuilder.Diff(before, after).Lines;
    }

    private static Tone ToneOf(FileChangeKind kind) => kind switch
    {
        FileChangeKind.Added => Tone.Ok,
        FileChangeKind.Removed => Tone.Danger,
        _ => Tone.Info,
    };
}
