using AdapterHub.Catalog;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories.Settings;

/// <summary>Names of versions: listed, made at any of them, removed.</summary>
public sealed partial class ReferencesPanel(RevisionReader revisions, ActorAccessor actors, Toasts toasts)
{
    private const int MostCommits = 100;

    private IReadOnlyList<ReferenceView>? _references;
    private IReadOnlyList<CommitView> _commits = [];
    private ReferenceView? _asked;
    private ReferenceKind _kind = ReferenceKind.Tag;
    private string? _fault;
    private string _name = "";
    private string _at = Catalog.Database.Repository.DefaultBranch;
    private ConfirmDialog _confirm = null!;

    [Parameter, EditorRequired] public RepositoryView Repository { get; set; } = null!;

    /// <summary>The version that is chosen at first; null for the newest.</summary>
    [Parameter] public string? At { get; set; }

    private bool IsOther => _references?.Any(reference => reference.Name == _at) == false && _commits.All(commit => commit.Id != _at);

    protected override Task OnInitializedAsync()
    {
        _at = At ?? _at;
        return LoadAsync();
    }

    private async Task LoadAsync()
    {
        try
        {
            var actor = await actors.GetAsync();
            _commits = await revisions.ListCommitsAsync(actor, Repository.Name, null, 0, MostCommits, default);
            _references = await revisions.ListReferencesAsync(actor, Repository.Name, default);
            _fault = null;
        }
        catch (CatalogException refusal)
        {
            _fault = refusal.Message;
        }
    }

    private async Task CreateAsync()
    {
        var name = _name.Trim();
        if (name.Length == 0 || !await TryAsync(async () => await revisions.CreateReferenceAsync(await actors.GetAsync(), Repository.Name, _kind, name, _at, default)))
            return;
        toasts.Show(Tone.Ok, $"The {Word(_kind)} {name} is there.");
        (_name, _at) = ("", Catalog.Database.Repository.DefaultBranch);
        await LoadAsync();
    }

    private async Task DeleteAsync(ReferenceView reference)
    {
        _asked = reference;
        if (!await _confirm.AskAsync()
            || !await TryAsync(async () => await revisions.DeleteReferenceAsync(await actors.GetAsync(), Repository.Name, reference.Kind, reference.Name, default)))
            return;
        if (string.Equals(_at, reference.Name, StringComparison.Ordinal))
            _at = Catalog.Database.Repository.DefaultBranch;
        await LoadAsync();
    }

    private static bool IsDefault(ReferenceView reference) =>
        reference is { Kind: ReferenceKind.Branch, Name: Catalog.Database.Repository.DefaultBranch };

    private static string Word(ReferenceKind kind) => kind == ReferenceKind.Tag ? "tag" : "branch";
}
