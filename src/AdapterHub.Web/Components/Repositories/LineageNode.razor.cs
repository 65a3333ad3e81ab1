using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>A parent or a child with the relation that joins it to the repository in the middle.</summary>
public sealed partial class LineageNode : ComponentBase
{
    [Parameter, EditorRequired] public LineageEnd End { get; set; } = null!;

    /// <summary>It came of the repository in the middle; otherwise the other way round.</summary>
    [Parameter] public bool IsChild { get; set; }

    private string Kind => End.Kind switch
    {
        RepositoryKind.BaseModel => "base",
        RepositoryKind.Dataset => "dataset",
        RepositoryKind.Adapter => "adapter",
        _ => "none",
    };

    private IconName Icon => (End.Kind, End.Relation) switch
    {
        (_, LineageRelation.Run) => IconName.Run,
        (RepositoryKind.BaseModel, _) => IconName.BaseModel,
        (RepositoryKind.Dataset, _) => IconName.Dataset,
        (RepositoryKind.Adapter, _) => IconName.Adapter,
        _ => IconName.Globe,
    };

    private string Relation => (End.Relation, IsChild) switch
    {
        (LineageRelation.BaseModel, false) => "its base model",
        (LineageRelation.BaseModel, true) => End.Kind == RepositoryKind.Adapter ? "adapter of it" : "made from it",
        (LineageRelation.BlendParent, false) => "blended in",
        (LineageRelation.BlendParent, true) => "blend with it",
        (LineageRelation.Fork, false) => "forked from it",
        (LineageRelation.Fork, true) => "fork of it",
        (LineageRelation.Dataset, false) => "trained on it",
        (LineageRelation.Dataset, true) => "trained on this",
        (LineageRelation.Run, _) => "run that made it",
        _ => throw new InvalidOperationException($"No word for {End.Relation}."),
    };
}
