using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>Lines to copy that use the repository with this program's command line, PEFT, vLLM and curl.</summary>
public sealed partial class UsePanel(NavigationManager navigation) : ComponentBase
{
    private IReadOnlyList<UseSnippet> _snippets = [];
    private UseSnippet? _shown;

    [Parameter, EditorRequired] public RepositoryView Repository { get; set; } = null!;

    [Parameter, EditorRequired] public RevisionView Revision { get; set; } = null!;

    private string Title => Repository.Kind switch
    {
        RepositoryKind.Adapter => "Use this adapter",
        RepositoryKind.BaseModel => "Use this model",
        _ => "Use this dataset",
    };

    protected override void OnParametersSet()
    {
        var title = _shown?.Title;
        _snippets = UseSnippets.For(Repository, Revision, navigation.BaseUri.TrimEnd('/'));
        _shown = _snippets.FirstOrDefault(snippet => snippet.Title == title) ?? _snippets[0];
    }
}
