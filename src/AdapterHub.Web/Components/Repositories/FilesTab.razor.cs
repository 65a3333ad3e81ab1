using AdapterHub.Catalog.Repositories;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>The files of a revision, or one of them.</summary>
public sealed partial class FilesTab : ComponentBase
{
    [Parameter, EditorRequired] public RepositoryView Repository { get; set; } = null!;

    [Parameter, EditorRequired] public RevisionView Revision { get; set; } = null!;

    /// <summary>Path of the file to show; null for the list.</summary>
    [Parameter] public string? Asked { get; set; }

    /// <summary>The revision for links: none while it is the newest, so that addresses stay short and follow the branch.</summary>
    private string? Shown => Revision.Commit.Id == Repository.Head ? null : Revision.Commit.Id;
}
